import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ACTOR_PARTS, APPOINTMENT_STATUSES, Problem, Uuid } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'
import { Type } from 'typebox'

import { mayRead } from '../api/booking.ts'
import { partOf } from '../api/change.ts'
import { problems } from '../api/schemas.ts'
import { formatInstant } from '../domain/instants.ts'
import { BookingErrors } from '../errors.ts'
import { findAppointment } from '../store/find-appointment.ts'
import { listHistory } from '../store/list-history.ts'

const Entry = Type.Object({
  version: Type.Integer(),
  at: Type.String({ description: 'RFC 3339, UTC' }),
  action: Type.String(),
  by: Type.Enum([...ACTOR_PARTS]),
  actorId: Type.Optional({ ...Uuid, description: 'For the care side only' }),
  status: Type.Enum([...APPOINTMENT_STATUSES]),
  reason: Type.Optional(Type.String()),
  overbookReason: Type.Optional(Type.String({ description: 'For the care side only' })),
  doctorId: Uuid,
  serviceId: Uuid,
  start: Type.String(),
  end: Type.String(),
})

/** `GET /v1/appointments/{id}/history`: every change, with who made it in which part, when and why. */
export const appointmentHistoryRoutes: FastifyPluginAsyncTypebox<{ pool: pg.Pool }> = async (
  app,
  { pool },
) => {
  app.get(
    '/v1/appointments/:id/history',
    {
      config: { permission: 'appointment:read' },
      schema: {
        operationId: 'getAppointmentHistory',
        params: Type.Object({ id: Uuid }),
        response: { 200: Type.Object({ history: Type.Array(Entry) }), 404: Problem, ...problems() },
      },
    },
    async (request) => {
      const { id } = request.params
      const row = await findAppointment(pool, id)
      if (row === undefined || !mayRead(request.caller, row))
        throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
      const care = partOf(request.caller, row) !== 'patient'
      const history = await listHistory(pool, id)
      return {
        history: history.map((entry) => ({
          version: entry.version,
          at: entry.at.toISOString(),
          action: entry.action,
          by: entry.actor_part,
          ...(care && entry.actor_id !== null ? { actorId: entry.actor_id } : {}),
          status: entry.status,
          ...(entry.reason === null ? {} : { reason: entry.reason }),
          ...(care && entry.overbook_reason !== null ? { overbookReason: entry.overbook_reason } : {}),
          doctorId: entry.doctor_id,
          serviceId: entry.service_id,
          start: formatInstant(Number(entry.starts)),
          end: formatInstant(Number(entry.ends)),
        })),
      }
    },
  )
}
