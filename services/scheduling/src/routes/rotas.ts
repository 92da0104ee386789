import { Problem, strictObject, Uuid } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'

import type { Core } from '../core.ts'
import { dateOf } from '../domain/calendar.ts'
import { mustComeSoon, parseRule, RuleFault } from '../domain/recurrence.ts'
import { SchedulingErrors } from '../errors.ts'
import { createRota, removeRota, replaceRota, rotaById, type RotaValues } from '../operations/rotas.ts'
import { ChangeQuery, Hits, writeHits } from '../resources/hits.ts'
import { ChangedRota, NewRotaBody, Rota, RotaBody, writeRota } from '../resources/rota.ts'
import { listRotas } from '../store/list-rotas.ts'
import { editOf } from './author.ts'
import { dateField, datesField, invalid, timesField } from './fields.ts'
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
  const { clinicId, effectiveFrom, effectiveTo = null } = body
  const times = timesField(body.start, body.end)
  dateField('effectiveFrom', effectiveFrom)
  if (effectiveTo !== null) datesField(['effectiveFrom', 'effectiveTo'], effectiveFrom, effectiveTo)
  return { clinicId, ...patternOf(body), ...times, effectiveFrom, effectiveTo }
}

function patternOf({ weekday = null, rrule = null, exdates = [], effectiveFrom }: RotaBody) {
  if (weekday !== null && rrule !== null) throw invalid('rrule', 'A row has either a weekday or a rule.')
  exdates.forEach((date, index) => dateField(`exdates.${index}`, date))
  if (rrule !== null) return { weekday, rrule: ruleField(rrule, effectiveFrom), exdates: exdates.toSorted() }
  if (weekday === null) throw invalid('weekday', 'Say on which weekday, or by which rule.')
  if (exdates.length > 0) throw invalid('exdates', 'Only a rule has dates taken out; say an exception.')
  return { weekday, rrule, exdates }
}

/** The rule in capitals, without its name. Throws SCHEDULING_RULE_REFUSED. */
function ruleField(text: string, effectiveFrom: string): string {
  try {
    mustComeSoon(parseRule(text), dateOf(effectiveFrom))
    return text.toUpperCase().replace(/^RRULE:/, '')
  } catch (error) {
    if (!(error instanceof RuleFault)) throw error
    const { message: detail } = error
    throw new ProblemError(SchedulingErrors.SCHEDULING_RULE_REFUSED, { field: 'rrule', detail, cause: error })
  }
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
      schema: {
        operationId: 'createRota',
        querystring: ChangeQuery,
        body: NewRotaBody,
        response: { 200: ChangedRota, 201: ChangedRota, ...refusals },
      },
    },
    async (request, reply) => {
      const { doctorId, ...body } = request.body
      const edit = editOf(request)
      const changed = await createRota(core, edit, doctorId, valuesOf(body))
      const { result: rota } = changed
      if (!edit.dryRun) reply.header('location', `/v1/rotas/${rota.id}`).header('etag', etagOf(rota))
      return reply
        .code(edit.dryRun ? 200 : 201)
        .send({ ...writeRota(rota), ...writeHits(changed, edit.dryRun) })
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
        querystring: ChangeQuery,
        body: RotaBody,
        response: { 200: ChangedRota, ...refusals, 404: Problem, 412: Problem, 428: Problem },
      },
    },
    async (request, reply) => {
      const expected = expectedBy(request.headers['if-match'])
      const target = { id: request.params.id, expected }
      const edit = editOf(request)
      const changed = await replaceRota(core, edit, target, valuesOf(request.body))
      if (!edit.dryRun) reply.header('etag', etagOf(changed.result))
      return reply.send({ ...writeRota(changed.result), ...writeHits(changed, edit.dryRun) })
    },
  )

  app.delete(
    '/v1/rotas/:id',
    {
      config: writes,
      schema: {
        operationId: 'removeRota',
        params: Params,
        querystring: ChangeQuery,
        response: { 200: Hits, 403: Problem, 404: Problem, 412: Problem, 428: Problem },
      },
    },
    async (request) => {
      const expected = expectedBy(request.headers['if-match'])
      const edit = editOf(request)
      return writeHits(await removeRota(core, edit, { id: request.params.id, expected }), edit.dryRun)
    },
  )
}
