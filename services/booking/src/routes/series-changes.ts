import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { FreeText, Instant, Problem, strictObject, Uuid } from '@medqueue/contracts'
import { formatTraceparent } from '@medqueue/service-kit'
import { Type } from 'typebox'

import type { HoldDeps } from '../api/hold.ts'
import { instantOf } from '../api/instant.ts'
import { problems } from '../api/schemas.ts'
import { cancelSeries, moveSeries } from '../series/change.ts'
import { Scope, VisitOutcome } from '../series/schemas.ts'

const params = Type.Object({ id: Uuid })
const response = {
  200: Type.Object({ visits: Type.Array(VisitOutcome) }),
  404: Problem,
  422: Problem,
  ...problems(),
}

/** `POST /v1/series/{id}/move` and `/cancel`: one visit, it and the following ones, or all; a result for each. */
export const seriesChangeRoutes: FastifyPluginAsyncTypebox<HoldDeps> = async (app, deps) => {
  app.post(
    '/v1/series/:id/move',
    {
      config: { permission: 'appointment:book', waitingRoom: 'turn' },
      schema: {
        operationId: 'moveSeries',
        summary: 'The others are shifted by as many days, to the same time of day on the clinic’s clocks',
        params,
        body: strictObject({
          scope: Scope,
          appointmentId: Uuid,
          start: Instant,
          doctorId: Type.Optional(Uuid),
        }),
        response,
      },
    },
    async (request) => {
      const { start, doctorId, ...body } = request.body
      const visits = await moveSeries(deps, {
        ...{ ...body, doctorId, seriesId: request.params.id, caller: request.caller },
        startSeconds: instantOf(start, 'start'),
        traceparent: formatTraceparent(request.trace),
      })
      return { visits }
    },
  )

  app.post(
    '/v1/series/:id/cancel',
    {
      config: { permission: 'appointment:cancel' },
      schema: {
        operationId: 'cancelSeries',
        params,
        body: strictObject({
          scope: Scope,
          appointmentId: Type.Optional({ ...Uuid, description: 'Not needed for all of them' }),
          reason: Type.Optional(FreeText(200, { minLength: 1 })),
        }),
        response,
      },
    },
    async (request) => {
      const { scope, appointmentId, reason } = request.body
      const visits = await cancelSeries(deps, {
        ...{ scope, appointmentId, reason, seriesId: request.params.id, caller: request.caller },
        traceparent: formatTraceparent(request.trace),
      })
      return { visits }
    },
  )
}
