import { PlainDate, Problem, strictObject, Uuid } from '@medqueue/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'

import type { Core } from '../core.ts'
import {
  closureById,
  type ClosureValues,
  createClosure,
  removeClosure,
  replaceClosure,
} from '../operations/closures.ts'
import { ChangedClosure, ClosureBody, ClosureView, writeClosure } from '../resources/closure.ts'
import { ChangeQuery, Hits, writeHits } from '../resources/hits.ts'
import { listClosures } from '../store/list-closures.ts'
import { authorOf } from './author.ts'
import { datesField, optionalDates, timesOrDay } from './fields.ts'
import { datePosition, encodeCursor, Next, pageOf, Paging } from './paging.ts'
import { mustBeShort } from './statement.ts'
import { etagOf, expectedBy } from './versions.ts'

const Query = strictObject({
  clinicId: Type.Optional(Uuid),
  from: Type.Optional(PlainDate),
  to: Type.Optional(PlainDate),
  ...Paging,
})
const Params = strictObject({ id: Uuid })
const Page = Type.Object({ items: Type.Array(ClosureView), next: Next })

function valuesOf({ clinicId, date, lastDate = date, start, end, reason }: ClosureBody): ClosureValues {
  datesField(['date', 'lastDate'], date, lastDate)
  mustBeShort({ first: date, last: lastDate, field: 'lastDate' })
  return { clinicId, date, lastDate, ...timesOrDay(start, end), reason }
}

/** `/v1/closures`: when a clinic, or every clinic, is closed, and why. It beats rotas and exceptions. */
export const closureRoutes: FastifyPluginAsyncTypebox<{ core: Core }> = async (app, { core }) => {
  const reads = { permission: 'public' } as const
  const writes = { permission: 'schedule:bulk-write' } as const
  const refusals = { 400: Problem, 422: Problem }
  const stale = { 404: Problem, 412: Problem, 428: Problem }

  app.get(
    '/v1/closures',
    {
      config: reads,
      schema: { operationId: 'listClosures', querystring: Query, response: { 200: Page, ...refusals } },
    },
    async ({ query }) => {
      const rows = await listClosures(core.pool, {
        clinicId: query.clinicId ?? null,
        ...optionalDates(query),
        after: datePosition(query.cursor),
        limit: query.limit + 1,
      })
      const { items, next } = pageOf(rows, query.limit, (row) => encodeCursor(row.date, row.id))
      return { items: items.map(writeClosure), next }
    },
  )

  app.post(
    '/v1/closures',
    {
      config: writes,
      schema: {
        operationId: 'createClosure',
        querystring: ChangeQuery,
        body: ClosureBody,
        response: { 200: ChangedClosure, 201: ChangedClosure, ...refusals },
      },
    },
    async (request, reply) => {
      const { dryRun } = request.query
      const changed = await createClosure(core, { author: authorOf(request), dryRun }, valuesOf(request.body))
      const { result } = changed
      if (!dryRun) reply.header('location', `/v1/closures/${result.id}`).header('etag', etagOf(result))
      return reply.code(dryRun ? 200 : 201).send({ ...writeClosure(result), ...writeHits(changed, dryRun) })
    },
  )

  app.get(
    '/v1/closures/:id',
    {
      config: reads,
      schema: { operationId: 'getClosure', params: Params, response: { 200: ClosureView, 404: Problem } },
    },
    async (request, reply) => {
      const closure = await closureById(core, request.params.id)
      return reply.header('etag', etagOf(closure)).send(writeClosure(closure))
    },
  )

  app.put(
    '/v1/closures/:id',
    {
      config: writes,
      schema: {
        operationId: 'replaceClosure',
        params: Params,
        querystring: ChangeQuery,
        body: ClosureBody,
        response: { 200: ChangedClosure, ...refusals, ...stale },
      },
    },
    async (request, reply) => {
      const { dryRun } = request.query
      const target = { id: request.params.id, expected: expectedBy(request.headers['if-match']) }
      const edit = { author: authorOf(request), dryRun }
      const changed = await replaceClosure(core, edit, target, valuesOf(request.body))
      if (!dryRun) reply.header('etag', etagOf(changed.result))
      return reply.send({ ...writeClosure(changed.result), ...writeHits(changed, dryRun) })
    },
  )

  app.delete(
    '/v1/closures/:id',
    {
      config: writes,
      schema: {
        operationId: 'removeClosure',
        params: Params,
        querystring: ChangeQuery,
        response: { 200: Hits, ...stale },
      },
    },
    async (request) => {
      const { dryRun } = request.query
      const target = { id: request.params.id, expected: expectedBy(request.headers['if-match']) }
      return writeHits(await removeClosure(core, { author: authorOf(request), dryRun }, target), dryRun)
    },
  )
}
