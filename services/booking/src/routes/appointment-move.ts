import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { FreeText, Instant, Problem, strictObject, Uuid } from '@medqueue/contracts'
import { formatTraceparent } from '@medqueue/service-kit'
import { Type } from 'typebox'

import type { HoldDeps } from '../api/hold.ts'
import { instantOf } from '../api/instant.ts'
import { move } from '../api/move.ts'
import { Appointment, problems } from '../api/schemas.ts'
import { versionOf } from '../api/version.ts'
import { appointmentView, etagOf } from '../api/views.ts'

/** `POST /v1/appointments/{id}/move`: to another time, doctor or service, in one step. */
export const appointmentMoveRoutes: FastifyPluginAsyncTypebox<HoldDeps> = async (app, deps) => {
  app.post(
    '/v1/appointments/:id/move',
    {
      config: { permission: 'appointment:book', waitingRoom: 'turn' },
      schema: {
        operationId: 'moveAppointment',
        params: Type.Object({ id: Uuid }),
        headers: Type.Object({ 'if-match': Type.Optional(Type.String({ maxLength: 20 })) }),
        body: strictObject({
          start: Instant,
          doctorId: Type.Optional(Uuid),
          serviceId: Type.Optional(Uuid),
          overbookReason: Type.Optional(FreeText(200, { minLength: 1 })),
        }),
        response: { 200: Appointment, 404: Problem, 409: Problem, 412: Problem, 422: Problem, ...problems() },
      },
    },
    async (request, reply) => {
      const { caller, body } = request
      const { start, doctorId, serviceId, overbookReason } = body
      const row = await move(deps, {
        id: request.params.id,
        caller,
        startSeconds: instantOf(start, 'start'),
        doctorId,
        serviceId,
        overbook: overbookReason,
        expected: versionOf(request.headers['if-match']),
        traceparent: formatTraceparent(request.trace),
      })
      return reply.header('etag', etagOf(row.version)).send(appointmentView(row))
    },
  )
}
