import { Problem, strictObject, Uuid } from '@medqueue/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'

import type { Core } from '../core.ts'
import { createRota, removeRota, replaceRota, rotaById, type RotaValues } from '../operations/rotas.ts'
import { NewRotaBody, Rota, RotaBody, writeRota } from '../resources/rota.ts'
import { listRotas } from '../store/list-rotas.ts'
import { authorOf } from './author.ts'
import { dateField, datesField, timesField } from './fields.ts'
import { decodeCursor, encodeCursor, Next, pageOf, Paging } from './paging.ts'
import { etagOf, expectedBy } from './versions.ts'

const Query = strictObject({
  doctorId: Type.Optional(Uuid),
  clinicId: Type.Optional(Uuid),
  ...Paging,
})
const Params = strictObject({ id: Uuid })
const Page = Type.Object({ items: Type.Array(Rota), next: Next })

function valuesOf(body: RotaBody): RotaValues {
  const { clinicId, weekday, effectiveFrom, effectiveTo = null } = body
  const times = timesField(body.start, body.end)
  dateField('effectiveFrom', effectiveFrom)
  if (effectiveTo !== null) datesField(['effectiveFrom', 'effectiveTo'], effectiveFrom, effectiveTo)
  return { clinicId, weekday, ...times, effectiveFrom, effectiveTo }
}

/** `/v1/rotas`: the weekly rule, one shift a row. Doctors change their own, administrators everybody's. */
export const rotaRoutes: FastifyPluginAsyncTypebox<{ core: Core }> = async (app, { core }) => {
  const reads = { permission: 'schedule:read' } as const
  const writes = { permission: 'schedule:write' } as const
  const refusals = { 400: Problem, 403: Problem, 409: Problem, 422: Problem }

  app.get(
    '/v1/rotas',
    { config: reads, schema: { operationId: 'listRotas', querystring: Query, response: { 200: Page } } },
    async ({ query }) => {
      const { doctorId = null, clinicId = null, cursor, limit } = query
      const [after = '0'] = cursor === undefined ? [] : decodeCursor(cursor, /^(\d{1,18})$/)
      const rows = await listRotas(core.pool, { doctorId, clinicId, after, limit: limit + 1 })
      const { items, next } = pageOf(rows, limit, ({ position }) => encodeCursor(position))
      return { items: items.map(writeRota), next }
    },
  )

  app.post(
    '/v1/rotas',
    {
      config: writes,
      schema: { operationId: 'createRota', body: NewRotaBody, response: { 201: Rota, ...refusals } },
    },
    async (request, reply) => {
      const { doctorId, ...body } = request.body
      const rota = await createRota(core, authorOf(request), doctorId, valuesOf(body))
      return reply
        .code(201)
        .header('location', `/v1/rotas/${rota.id}`)
        .header('etag', etagOf(rota))
        .send(writeRota(rota))
    },
  )

  app.get(
    '/v1/rotas/:id',
    {
      config: reads,
      schema: { operationId: 'getRota', params: Params, response: { 200: Rota, 404: Problem } },
    },
    async (request, reply) => {
      const rota = await rotaById(core.pool, request.params.id)
      return reply.header('etag', etagOf(rota)).send(writeRota(rota))
    },
  )

  app.put(
    '/v1/rotas/:id',
    {
      config: writes,
      schema: {
        operationId: 'replaceRota',
        params: Params,
        body: RotaBody,
        response: { 200: Rota, ...refusals, 404: Problem, 412: Problem, 428: Problem },
      },
    },
    async (request, reply) => {
      const expected = expectedBy(request.headers['if-match'])
      const target = { id: request.params.id, expected }
      const rota = await replaceRota(core, authorOf(request), target, valuesOf(request.body))
      return reply.header('etag', etagOf(rota)).send(writeRota(rota))
    },
  )

  app.delete(
    '/v1/rotas/:id',
    {
      config: writes,
      schema: {
        operationId: 'removeRota',
        params: Params,
        response: { 204: Type.Null(), 403: Problem, 404: Problem, 412: Problem, 428: Problem },
      },
    },
    async (request, reply) => {
      const expected = expectedBy(request.headers['if-match'])
      await removeRota(core, authorOf(request), { id: request.params.id, expected })
      return reply.code(204).send(null)
    },
  )
}
