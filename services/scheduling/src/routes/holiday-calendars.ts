import { Problem, strictObject, Uuid } from '@medqueue/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'

import type { Core } from '../core.ts'
import { holidaysOf } from '../domain/holidays.ts'
import { calendarOf, putCalendar, removeCalendar } from '../operations/calendars.ts'
import {
  Calendar,
  CalendarBody,
  ChangedCalendar,
  HolidayView,
  writeCalendar,
  writeHoliday,
} from '../resources/holiday-calendar.ts'
import { ChangeQuery, Hits, writeHits } from '../resources/hits.ts'
import { listCalendars } from '../store/list-calendars.ts'
import type { NewCalendar } from '../store/records.ts'
import { authorOf } from './author.ts'
import { dateField } from './fields.ts'
import { decodeCursor, encodeCursor, Next, pageOf, Paging } from './paging.ts'
import { etagOf, expectedBy } from './versions.ts'

const Params = strictObject({ clinicId: Uuid })
const Page = Type.Object({ items: Type.Array(Calendar), next: Next })
const Year = strictObject({ year: Type.Integer({ minimum: 2000, maximum: 2199 }) })
const Holidays = Type.Object({ items: Type.Array(HolidayView) })

function valuesOf(clinicId: string, body: CalendarBody): NewCalendar {
  const { country, region = null, language = null, worked = [] } = body
  worked.forEach((date, index) => dateField(`worked.${index}`, date))
  return { clinicId, country, region, language, worked: worked.toSorted() }
}

/** `/v1/holiday-calendars`: whose public holidays a clinic keeps. Each is a closure by its own name. */
export const holidayCalendarRoutes: FastifyPluginAsyncTypebox<{ core: Core }> = async (app, { core }) => {
  const reads = { permission: 'public' } as const
  const writes = { permission: 'schedule:bulk-write' } as const
  const stale = { 404: Problem, 412: Problem, 428: Problem }

  app.get(
    '/v1/holiday-calendars',
    {
      config: reads,
      schema: {
        operationId: 'listHolidayCalendars',
        querystring: strictObject(Paging),
        response: { 200: Page },
      },
    },
    async ({ query: { cursor, limit } }) => {
      const [after = null] = cursor === undefined ? [] : decodeCursor(cursor, /^([0-9a-f-]{36})$/)
      const rows = await listCalendars(core.pool, { after, limit: limit + 1 })
      const { items, next } = pageOf(rows, limit, ({ clinicId }) => encodeCursor(clinicId))
      return { items: items.map(writeCalendar), next }
    },
  )

  app.get(
    '/v1/holiday-calendars/:clinicId',
    {
      config: reads,
      schema: {
        operationId: 'getHolidayCalendar',
        params: Params,
        response: { 200: Calendar, 404: Problem },
      },
    },
    async (request, reply) => {
      const calendar = await calendarOf(core.pool, request.params.clinicId)
      return reply.header('etag', etagOf(calendar)).send(writeCalendar(calendar))
    },
  )

  app.get(
    '/v1/holiday-calendars/:clinicId/holidays',
    {
      config: reads,
      schema: {
        operationId: 'listHolidays',
        params: Params,
        querystring: Year,
        response: { 200: Holidays, 404: Problem },
      },
    },
    async ({ params, query }) => {
      const calendar = await calendarOf(core.pool, params.clinicId)
      return { items: holidaysOf(calendar, query.year).map(writeHoliday) }
    },
  )

  app.put(
    '/v1/holiday-calendars/:clinicId',
    {
      config: writes,
      schema: {
        operationId: 'putHolidayCalendar',
        params: Params,
        querystring: ChangeQuery,
        body: CalendarBody,
        response: { 200: ChangedCalendar, 400: Problem, 422: Problem, 412: Problem, 428: Problem },
      },
    },
    async (request, reply) => {
      const { dryRun } = request.query
      const ifMatch = request.headers['if-match']
      const expected = ifMatch === undefined ? undefined : expectedBy(ifMatch)
      const edit = { author: authorOf(request), dryRun }
      const changed = await putCalendar(core, edit, expected, valuesOf(request.params.clinicId, request.body))
      if (!dryRun) reply.header('etag', etagOf(changed.result))
      return reply.send({ ...writeCalendar(changed.result), ...writeHits(changed, dryRun) })
    },
  )

  app.delete(
    '/v1/holiday-calendars/:clinicId',
    {
      config: writes,
      schema: {
        operationId: 'removeHolidayCalendar',
        params: Params,
        querystring: ChangeQuery,
        response: { 200: Hits, ...stale },
      },
    },
    async (request) => {
      const { dryRun } = request.query
      const { clinicId } = request.params
      const target = { clinicId, expected: expectedBy(request.headers['if-match']) }
      return writeHits(await removeCalendar(core, { author: authorOf(request), dryRun }, target), dryRun)
    },
  )
}
