import { Instant, Problem, strictObject, Uuid, Window } from '@medqueue/contracts'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ProblemError } from '@medqueue/service-kit'
import { Type } from 'typebox'

import type { Core } from '../core.ts'
import { DAY_MS } from '../domain/calendar.ts'
import type { Interval } from '../domain/intervals.ts'
import { SchedulingErrors } from '../errors.ts'
import { readWindows } from '../operations/read-windows.ts'
import { instantField, invalid } from './fields.ts'

const MOST_DAYS = 180

const Query = strictObject({ doctorId: Uuid, from: Instant, to: Instant })
const Windows = Type.Object({
  doctorId: Uuid,
  windows: Type.Array(Window, { description: 'Whole, in order; those that overlap the range' }),
})

function rangeOf(from: string, to: string): Interval {
  const range = { start: instantField('from', from), end: instantField('to', to) }
  if (range.end <= range.start) throw invalid('to', 'to must be later than from.')
  if (range.end - range.start > MOST_DAYS * DAY_MS) {
    const detail = `The range is longer than ${MOST_DAYS} days.`
    throw new ProblemError(SchedulingErrors.SCHEDULING_LIMIT, { field: 'to', detail })
  }
  return range
}

/** `GET /v1/windows`: when a doctor may be booked, for everybody to read. */
export const windowRoutes: FastifyPluginAsyncTypebox<{ core: Core }> = async (app, { core }) => {
  app.get(
    '/v1/windows',
    {
      config: { permission: 'public' },
      schema: {
        operationId: 'listWindows',
        querystring: Query,
        response: { 200: Windows, 400: Problem, 422: Problem },
      },
    },
    async ({ query: { doctorId, from, to } }) => {
      return { doctorId, windows: await readWindows(core, doctorId, rangeOf(from, to)) }
    },
  )
}
