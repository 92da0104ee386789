import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { FreeText, strictObject, Uuid } from '@medqueue/contracts'
import { formatTraceparent } from '@medqueue/service-kit'
import { Type } from 'typebox'

import type { ChangeDeps } from '../api/change.ts'
import { decideMany } from '../api/decide-many.ts'
import { Appointment, problems } from '../api/schemas.ts'

const MOST = 50

const Decision = strictObject({
  id: Uuid,
  action: Type.Enum(['approve', 'decline']),
  reason: Type.Optional(FreeText(200, { minLength: 1 })),
  version: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Decide only if it is still that version' }),
  ),
})

const Result = Type.Object({
  id: Uuid,
  status: Type.Integer({ description: 'As a single request would be answered' }),
  appointment: Type.Optional(Appointment),
  code: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  decision: Type.Optional(
    Type.Object(
      {
        status: Type.String(),
        action: Type.String(),
        by: Type.String(),
        reason: Type.Optional(Type.String()),
      },
      { description: 'The decision that was made first' },
    ),
  ),
})

/** `POST /v1/appointments/decisions`: several pending requests at once, with a result each. */
export const appointmentDecisionRoutes: FastifyPluginAsyncTypebox<ChangeDeps> = async (app, deps) => {
  app.post(
    '/v1/appointments/decisions',
    {
      config: { permission: 'appointment:decide' },
      schema: {
        operationId: 'decideAppointments',
        body: strictObject({ decisions: Type.Array(Decision, { minItems: 1, maxItems: MOST }) }),
        response: { 200: Type.Object({ results: Type.Array(Result) }), ...problems() },
      },
    },
    async (request) => {
      const traceparent = formatTraceparent(request.trace)
      const { caller } = request
      const changes = request.body.decisions.map(({ version, reason, ...decision }) => ({
        ...decision,
        reason,
        expected: version,
        caller,
        traceparent,
      }))
      return { results: await decideMany(deps, changes) }
    },
  )
}
