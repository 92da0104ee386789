import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, Uuid } from '@medqueue/contracts'
import { Type } from 'typebox'

import { problems } from '../api/schemas.ts'
import { type BoardDeps, readBoard } from '../queue-tickets/board.ts'
import { Board } from '../queue-tickets/schemas.ts'

/** `GET /v1/boards`: a clinic's wall board of today, open to everybody, since it names nobody. */
export const boardRoutes: FastifyPluginAsyncTypebox<BoardDeps> = async (app, deps) => {
  app.get(
    '/v1/boards',
    {
      config: { permission: 'public' },
      schema: {
        operationId: 'readBoard',
        querystring: Type.Object({ clinicId: Uuid }, { additionalProperties: false }),
        response: { 200: Board, 404: Problem, ...problems() },
      },
    },
    async (request) => readBoard(deps, request.query.clinicId),
  )
}
