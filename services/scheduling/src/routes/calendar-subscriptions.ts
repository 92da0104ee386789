import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, strictObject, Uuid, ZoneName } from '@medqueue/contracts'
import { type Static, Type } from 'typebox'

import type { OutsideWorld } from '../calendars/outside/world.ts'
import { listBusy } from '../calendars/store/list-busy.ts'
import { listSubscriptions } from '../calendars/store/list-subscriptions.ts'
import type { SubscriptionRecord } from '../calendars/store/records.ts'
import { subscriptionUrl } from '../calendars/subscription-url.ts'
import { subscribe, subscriptionById, unsubscribe } from '../calendars/subscriptions.ts'
import type { Core } from '../core.ts'
import { formatInstant } from '../domain/calendar.ts'
import { horizonAt, publishedRange } from '../domain/horizon.ts'
import { PRIVATE_REASON } from '../domain/notes.ts'
import { mustOwn } from '../operations/guards.ts'
import { authorOf } from './author.ts'

const NewSubscription = strictObject({
  doctorId: Type.Optional({ ...Uuid, description: 'The caller when not given' }),
  url: Type.String({
    minLength: 1,
    maxLength: 2_048,
    description: 'https:// or webcal:// address of a calendar',
  }),
  zone: Type.Optional({
    ...ZoneName,
    description: 'For whole days; the zone of the doctor’s first clinic if not given',
  }),
})
const SubscriptionView = Type.Object({
  id: Uuid,
  doctorId: Uuid,
  host: Type.String({ description: 'Of the address; the rest of it is a secret and is not shown' }),
  zone: ZoneName,
  createdAt: Type.String(),
  lastFetchedAt: Type.Union([Type.String(), Type.Null()], {
    description: 'When it was last read without trouble',
  }),
  lastError: Type.Union([Type.String(), Type.Null()], {
    description: 'Why the last look at it failed; its busy times stay as they were',
  }),
})
const BusyTime = Type.Object({ start: Type.String(), end: Type.String(), note: Type.String() })
const Query = strictObject({ doctorId: Type.Optional(Uuid) })
const Params = strictObject({ id: Uuid })

export interface SubscriptionRoutesOptions {
  core: Core
  world: OutsideWorld
}

/** `/v1/calendar-subscriptions`: outside calendars of a doctor, whose busy times close the doctor's windows. */
export const calendarSubscriptionRoutes: FastifyPluginAsyncTypebox<SubscriptionRoutesOptions> = async (
  app,
  { core, world },
) => {
  const reads = { permission: 'schedule:read' } as const
  const writes = { permission: 'schedule:write' } as const

  app.get(
    '/v1/calendar-subscriptions',
    {
      config: reads,
      schema: {
        operationId: 'listCalendarSubscriptions',
        querystring: Query,
        response: { 200: Type.Object({ items: Type.Array(SubscriptionView) }), 403: Problem },
      },
    },
    async (request) => {
      const author = authorOf(request)
      const { doctorId = author.id } = request.query
      mustOwn(author, doctorId)
      return { items: (await listSubscriptions(core.pool, doctorId)).map(viewOf) }
    },
  )

  app.post(
    '/v1/calendar-subscriptions',
    {
      config: writes,
      schema: {
        operationId: 'createCalendarSubscription',
        body: NewSubscription,
        response: { 201: SubscriptionView, 400: Problem, 403: Problem, 422: Problem },
      },
    },
    async (request, reply) => {
      const author = authorOf(request)
      const { doctorId = author.id, url, zone } = request.body
      const wish = { doctorId, url: subscriptionUrl(url, world), zone }
      return reply.code(201).send(viewOf(await subscribe(core, author, wish)))
    },
  )

  app.get(
    '/v1/calendar-subscriptions/busy-times',
    {
      config: reads,
      schema: {
        operationId: 'listCalendarBusyTimes',
        summary: 'When outside calendars keep a doctor busy, in the days that are published; never why',
        querystring: Query,
        response: { 200: Type.Object({ items: Type.Array(BusyTime) }), 403: Problem },
      },
    },
    async (request) => {
      const author = authorOf(request)
      const { doctorId = author.id } = request.query
      mustOwn(author, doctorId)
      const range = publishedRange(horizonAt(core.now(), core.horizonDays))
      const busy = await listBusy(core.pool, doctorId, range)
      return {
        items: busy.map(({ start, end }) => {
          return { start: formatInstant(start), end: formatInstant(end), note: PRIVATE_REASON }
        }),
      }
    },
  )

  app.get(
    '/v1/calendar-subscriptions/:id',
    {
      config: reads,
      schema: {
        operationId: 'getCalendarSubscription',
        params: Params,
        response: { 200: SubscriptionView, 403: Problem, 404: Problem },
      },
    },
    async (request) => viewOf(await subscriptionById(core, authorOf(request), request.params.id)),
  )

  app.delete(
    '/v1/calendar-subscriptions/:id',
    {
      config: writes,
      schema: {
        operationId: 'removeCalendarSubscription',
        params: Params,
        response: { 204: Type.Null(), 403: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      await unsubscribe(core, authorOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function viewOf(record: SubscriptionRecord): Static<typeof SubscriptionView> {
  const { id, doctorId, url, zone, createdAt, fetchedAt, lastError } = record
  return {
    id,
    doctorId,
    host: new URL(url).hostname,
    zone,
    createdAt: createdAt.toISOString(),
    lastFetchedAt: fetchedAt?.toISOString() ?? null,
    lastError,
  }
}
