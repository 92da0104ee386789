import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { FreeText, type Permission, Problem, strictObject, Uuid } from '@medqueue/contracts'
import { formatTraceparent } from '@medqueue/service-kit'
import { Type } from 'typebox'

import { type ChangeDeps, changeAppointment } from '../api/change.ts'
import { Appointment, problems } from '../api/schemas.ts'
import { versionOf } from '../api/version.ts'
import { appointmentView, etagOf } from '../api/views.ts'
import type { Action } from '../domain/life-cycle.ts'

const ROUTES: readonly { action: Action; permission: Permission; operationId: string }[] = [
  { action: 'cancel', permission: 'appointment:cancel', operationId: 'cancelAppointment' },
  { action: 'approve', permission: 'appointment:decide', operationId: 'approveAppointment' },
  { action: 'decline', permission: 'appointment:decide', operationId: 'declineAppointment' },
  { action: 'arrive', permission: 'appointment:arrive', operationId: 'arriveAtAppointment' },
  { action: 'check-in', permission: 'appointment:attend', operationId: 'checkInAppointment' },
  { action: 'start', permission: 'appointment:attend', operationId: 'startAppointment' },
  { action: 'complete', permission: 'appointment:attend', operationId: 'completeAppointment' },
  { action: 'no-show', permission: 'appointment:attend', operationId: 'noShowAppointment' },
  { action: 'void', permission: 'appointment:void', operationId: 'voidAppointment' },
]

/** `POST /v1/appointments/{id}/cancel`, `/approve`, `/decline`, `/arrive` and so on: one for each action of people. */
export const appointmentChangeRoutes: FastifyPluginAsyncTypebox<ChangeDeps> = async (app, deps) => {
  for (const { action, permission, operationId } of ROUTES) {
    app.post(
      `/v1/appointments/:id/${action}`,
      {
        config: { permission },
        // Nothing has to be said.
        preValidation: async (request) => {
          const { body }: { body: unknown } = request
          if (body === undefined) request.body = {}
        },
        schema: {
          operationId,
          params: Type.Object({ id: Uuid }),
          headers: Type.Object({ 'if-match': Type.Optional(Type.String({ maxLength: 20 })) }),
          body: strictObject({ reason: Type.Optional(FreeText(200, { minLength: 1 })) }),
          response: { 200: Appointment, 404: Problem, 409: Problem, 412: Problem, ...problems() },
        },
      },
      async (request, reply) => {
        const row = await changeAppointment(deps, {
          id: request.params.id,
          action,
          caller: request.caller,
          reason: request.body.reason,
          expected: versionOf(request.headers['if-match']),
          traceparent: formatTraceparent(request.trace),
        })
        return reply.header('etag', etagOf(row.version)).send(appointmentView(row))
      },
    )
  }
}
