import { Problem, strictObject, Uuid } from '@medqueue/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ProblemError } from '@medqueue/service-kit'
import { Type } from 'typebox'

import type { Core } from '../core.ts'
import type { ChangeRequest } from '../domain/bulk-change.ts'
import { formatMinutes } from '../domain/calendar.ts'
import { SchedulingErrors } from '../errors.ts'
import { applyChange, changeById, dryRun, KINDS, undoChange } from '../operations/bulk-changes.ts'
import {
  ScheduleChange,
  ScheduleChangeBody,
  ScheduleChangeDryRun,
  ScheduleChangeSummary,
  writeChange,
  writeChangeSummary,
} from '../resources/schedule-change.ts'
import { listChanges } from '../store/list-changes.ts'
import { authorOf } from './author.ts'
import { datesField, daysBetween, invalid } from './fields.ts'
import { statementOf } from './statement.ts'

/** Doctors times days in one change: the answer lists what changes on each. */
const MOST_DOCTOR_DAYS = 20_000

const Params = strictObject({ id: Uuid })
const Query = strictObject({ limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }) })

function requestOf({ action, by, doctorIds, from, to, ...body }: ScheduleChangeBody): ChangeRequest {
  datesField(['from', 'to'], from, to)
  if (action === 'shift' && (by ?? 0) === 0) throw invalid('by', 'Say by how many minutes, and not by none.')
  if (action !== 'shift' && by !== undefined) throw invalid('by', 'Only shifts are moved by minutes.')
  const dates = { first: from, last: to, field: 'to' }
  const { start, end, clinicId, reason } = statementOf(KINDS[action], body, dates)
  if (doctorIds.length * daysBetween(from, to) > MOST_DOCTOR_DAYS) {
    const detail = `Doctors times days are more than ${MOST_DOCTOR_DAYS}.`
    throw new ProblemError(SchedulingErrors.SCHEDULING_LIMIT, { field: 'doctorIds', detail })
  }
  const times = { start: formatMinutes(start), end: formatMinutes(end) }
  return { action, ...(by === undefined ? {} : { by }), clinicId, from, to, ...times, reason }
}

/** `/v1/schedule-changes`: close, open or shift many doctors at once, look before, and take it back for ten minutes. */
export const scheduleChangeRoutes: FastifyPluginAsyncTypebox<{ core: Core }> = async (app, { core }) => {
  const config = { permission: 'schedule:bulk-write' } as const

  app.post(
    '/v1/schedule-changes',
    {
      config,
      schema: {
        operationId: 'changeSchedules',
        body: ScheduleChangeBody,
        response: { 200: ScheduleChangeDryRun, 201: ScheduleChange, 400: Problem, 422: Problem },
      },
    },
    async (request, reply) => {
      const { doctorIds, dryRun: only = false } = request.body
      const change = { request: requestOf(request.body), doctorIds }
      if (only) {
        const doctors = await dryRun(core, change)
        return reply.code(200).send({ ...change.request, dryRun: true, doctors })
      }
      const applied = await applyChange(core, authorOf(request), change)
      return reply
        .code(201)
        .header('location', `/v1/schedule-changes/${applied.id}`)
        .send(writeChange(applied))
    },
  )

  app.get(
    '/v1/schedule-changes',
    {
      config,
      schema: {
        operationId: 'listScheduleChanges',
        querystring: Query,
        response: { 200: Type.Object({ items: Type.Array(ScheduleChangeSummary) }) },
      },
    },
    async ({ query }) => ({ items: (await listChanges(core.pool, query.limit)).map(writeChangeSummary) }),
  )

  app.get(
    '/v1/schedule-changes/:id',
    {
      config,
      schema: {
        operationId: 'getScheduleChange',
        params: Params,
        response: { 200: ScheduleChange, 404: Problem },
      },
    },
    async ({ params }) => writeChange(await changeById(core, params.id)),
  )

  app.post(
    '/v1/schedule-changes/:id/undo',
    {
      config,
      schema: {
        operationId: 'undoScheduleChange',
        params: Params,
        body: Type.Optional(Type.Union([strictObject({}), Type.Null()])),
        response: { 200: ScheduleChange, 404: Problem, 409: Problem },
      },
    },
    async (request) => writeChange(await undoChange(core, authorOf(request), request.params.id)),
  )
}
