import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, Uuid } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'
import { Type } from 'typebox'

import { accessTo } from '../api/access.ts'
import { alternativesFor, type RefusalDeps } from '../api/refusal.ts'
import { problems, SlotView } from '../api/schemas.ts'
import { BookingErrors } from '../errors.ts'
import { findAppointment } from '../store/find-appointment.ts'

/**
 * `GET /v1/appointments/{id}/alternatives`: free slots like that of an appointment, for a patient whose request was
 * declined or lapsed, or who thinks of moving.
 */
export const appointmentAlternativeRoutes: FastifyPluginAsyncTypebox<RefusalDeps> = async (app, deps) => {
  app.get(
    '/v1/appointments/:id/alternatives',
    {
      config: { permission: 'appointment:read', waitingRoom: 'turn' },
      schema: {
        operationId: 'listAppointmentAlternatives',
        params: Type.Object({ id: Uuid }),
        response: { 200: Type.Object({ alternatives: Type.Array(SlotView) }), 404: Problem, ...problems() },
      },
    },
    async (request) => {
      const row = await findAppointment(deps.pool, request.params.id)
      if (row === undefined || (await accessTo(deps.pool, request.caller, row)) === undefined)
        throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
      const order = {
        doctorId: row.doctor_id,
        serviceId: row.service_id,
        patientId: row.patient_id,
        startSeconds: Number(row.starts),
      }
      // The patient's other visits are kept clear of.
      return { alternatives: await alternativesFor(deps, order, 'patient_overlap') }
    },
  )
}
