import { PlainDate, Problem, strictObject, Uuid } from '@medqueue/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'

import type { Author, Core } from '../core.ts'
import { mustOwn } from '../operations/guards.ts'
import {
  createException,
  exceptionById,
  removeException,
  replaceException,
} from '../operations/exceptions.ts'
import type { ExceptionValues } from '../operations/judge-exception.ts'
import {
  ChangedException,
  ExceptionBody,
  NewExceptionBody,
  RotaExceptionView,
  writeException,
} from '../resources/exception.ts'
import { ChangeQuery, Hits, writeHits } from '../resources/hits.ts'
import { listExceptions } from '../store/list-exceptions.ts'
import { authorOf, editOf } from './author.ts'
import { datesField, optionalDates } from './fields.ts'
import { datePosition, encodeCursor, Next, pageOf, Paging } from './paging.ts'
import { statementOf } from './statement.ts'
import { etagOf, expectedBy } from './versions.ts'

const Query = strictObject({
  doctorId: Type.Optional(Uuid),
  clinicId: Type.Optional(Uuid),
  from: Type.Optional(PlainDate),
  to: Type.Optional(PlainDate),
  ...Paging,
})
const Params = strictObject({ id: Uuid })
const Page = Type.Object({ items: Type.Array(RotaExceptionView), next: Next })

function valuesOf({ kind, date, lastDate = date, ...body }: ExceptionBody): ExceptionValues {
  datesField(['date', 'lastDate'], date, lastDate)
  return {
    kind,
    by: null,
    date,
    lastDate,
    ...statementOf(kind, body, { first: date, last: lastDate, field: 'lastDate' }),
  }
}

/** Whose exceptions may be listed: a doctor's own only, since reasons are nobody else's business. */
function visibleDoctor(author: Author, doctorId: string | undefined): string | null {
  if (doctorId === undefined) return author.everybody ? null : author.id
  mustOwn(author, doctorId)
  return doctorId
}

/** `/v1/rota-exceptions`: statements about dates, which beat the weekly rule; the later statement counts. */
export const rotaExceptionRoutes: FastifyPluginAsyncTypebox<{ core: Core }> = async (app, { core }) => {
  const reads = { permission: 'schedule:read' } as const
  const writes = { permission: 'schedule:write' } as const
  const refusals = { 400: Problem, 403: Problem, 422: Problem }

  app.get(
    '/v1/rota-exceptions',
    {
      config: reads,
      schema: {
        operationId: 'listRotaExceptions',
        querystring: Query,
        response: { 200: Page, 403: Problem },
      },
    },
    async (request) => {
      const { query } = request
      const rows = await listExceptions(core.pool, {
        doctorId: visibleDoctor(authorOf(request), query.doctorId),
        clinicId: query.clinicId ?? null,
        ...optionalDates(query),
        after: datePosition(query.cursor),
        limit: query.limit + 1,
      })
      const { items, next } = pageOf(rows, query.limit, (row) => encodeCursor(row.date, row.id))
      return { items: items.map(writeException), next }
    },
  )

  app.post(
    '/v1/rota-exceptions',
    {
      config: writes,
      schema: {
        operationId: 'createRotaException',
        querystring: ChangeQuery,
        body: NewExceptionBody,
        response: { 200: ChangedException, 201: ChangedException, ...refusals },
      },
    },
    async (request, reply) => {
      const { doctorId, ...body } = request.body
      const edit = editOf(request)
      const changed = await createException(core, edit, doctorId, valuesOf(body))
      const { result } = changed
      if (!edit.dryRun)
        reply.header('location', `/v1/rota-exceptions/${result.id}`).header('etag', etagOf(result))
      return reply
        .code(edit.dryRun ? 200 : 201)
        .send({ ...writeException(result), ...writeHits(changed, edit.dryRun) })
    },
  )

  app.get(
    '/v1/rota-exceptions/:id',
    {
      config: reads,
      schema: {
        operationId: 'getRotaException',
        params: Params,
        response: { 200: RotaExceptionView, 404: Problem },
      },
    },
    async (request, reply) => {
      const exception = await exceptionById(core.pool, authorOf(request), request.params.id)
      return reply.header('etag', etagOf(exception)).send(writeException(exception))
    },
  )

  app.put(
    '/v1/rota-exceptions/:id',
    {
      config: writes,
      schema: {
        operationId: 'replaceRotaException',
        params: Params,
        querystring: ChangeQuery,
        body: ExceptionBody,
        response: { 200: ChangedException, ...refusals, 404: Problem, 412: Problem, 428: Problem },
      },
    },
    async (request, reply) => {
      const target = { id: request.params.id, expected: expectedBy(request.headers['if-match']) }
      const edit = editOf(request)
      const changed = await replaceException(core, edit, target, valuesOf(request.body))
      if (!edit.dryRun) reply.header('etag', etagOf(changed.result))
      return reply.send({ ...writeException(changed.result), ...writeHits(changed, edit.dryRun) })
    },
  )

  app.delete(
    '/v1/rota-exceptions/:id',
    {
      config: writes,
      schema: {
        operationId: 'removeRotaException',
        params: Params,
        querystring: ChangeQuery,
        response: { 200: Hits, 404: Problem, 412: Problem, 428: Problem },
      },
    },
    async (request) => {
      const target = { id: request.params.id, expected: expectedBy(request.headers['if-match']) }
      const edit = editOf(request)
      return writeHits(await removeException(core, edit, target), edit.dryRun)
    },
  )
}
