import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, Uuid } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'
import { Type } from 'typebox'

import { accessTo } from '../api/access.ts'
import { BookingRequestView, problems } from '../api/schemas.ts'
import { BookingErrors } from '../errors.ts'
import { findRequest } from '../store/find-request.ts'

/**
 * `GET /v1/booking-requests/{id}` tells the decision of a request that was answered 202. An id that is not decided
 * yet is `queued` for everybody: ids are derived from secret keys, and there is nothing to tell apart.
 */
export const bookingRequestRoutes: FastifyPluginAsyncTypebox<{ pool: pg.Pool }> = async (app, { pool }) => {
  app.get(
    '/v1/booking-requests/:id',
    {
      config: { permission: 'appointment:read' },
      schema: {
        operationId: 'getBookingRequest',
        params: Type.Object({ id: Uuid }),
        response: { 200: BookingRequestView, 404: Problem, ...problems() },
      },
    },
    async (request) => {
      const { id } = request.params
      const record = await findRequest(pool, id)
      if (record === undefined) return { id, decision: 'queued' as const }
      const { caller } = request
      // Who asked as a proxy is told only as long as they are one.
      const asked = record.principal_id === caller.id && caller.can('appointment:book-for-others')
      if (!asked && (await accessTo(pool, caller, record)) === undefined)
        throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
      const { decision, reason } = record
      const made = decision === 'booked' || decision === 'pending'
      return {
        id,
        decision,
        ...(reason === null ? {} : { reason }),
        ...(made ? { appointmentId: record.appointment_id ?? id } : {}),
      }
    },
  )
}
