import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, strictObject, Uuid } from '@medqueue/contracts'
import { type Caller, CommonErrors, ProblemError } from '@medqueue/service-kit'
import { type Static, Type } from 'typebox'

import type { Calendars } from '../calendars/deps.ts'
import { closeFeed, openFeed, renewFeed } from '../calendars/feeds.ts'
import { listFeeds } from '../calendars/store/list-feeds.ts'
import type { FeedRecord } from '../calendars/store/records.ts'

const Part = Type.Union([Type.Literal('patient'), Type.Literal('doctor')], {
  description: 'Whose visits: those one comes to as a patient, or those one sees as a doctor',
})
const Places = Type.Boolean({
  description: 'Says at which clinic; off, since a name can tell what somebody has',
})

const NewFeed = strictObject({ part: Type.Optional(Part), places: Type.Optional(Places) })
const Feed = {
  id: Uuid,
  part: Part,
  places: Places,
  createdAt: Type.String(),
  rotatedAt: Type.String({ description: 'When its address was made' }),
}
const FeedView = Type.Object(Feed)
const OpenedFeed = Type.Object({
  ...Feed,
  url: Type.String({ description: 'The private address. Told this once; whoever has it can read the feed' }),
})
const Params = strictObject({ id: Uuid })

/** `/v1/calendar-feeds`: private addresses of one's own visits, for calendar programs. */
export const calendarFeedRoutes: FastifyPluginAsyncTypebox<{ calendars: Calendars }> = async (
  app,
  { calendars },
) => {
  const config = { permission: 'calendar:own' } as const

  app.get(
    '/v1/calendar-feeds',
    {
      config,
      schema: {
        operationId: 'listCalendarFeeds',
        response: { 200: Type.Object({ items: Type.Array(FeedView) }), 403: Problem },
      },
    },
    async ({ caller }) => {
      const feeds = await listFeeds(calendars.core.pool, caller.id)
      return { items: feeds.map(viewOf) }
    },
  )

  app.post(
    '/v1/calendar-feeds',
    {
      config,
      schema: {
        operationId: 'createCalendarFeed',
        body: NewFeed,
        response: { 201: OpenedFeed, 400: Problem, 403: Problem, 422: Problem },
      },
    },
    async ({ caller, body: { part, places = false } }, reply) => {
      const { feed, url } = await openFeed(calendars, {
        ownerId: caller.id,
        part: partOf(caller, part),
        places,
      })
      return reply.code(201).send({ ...viewOf(feed), url })
    },
  )

  app.post(
    '/v1/calendar-feeds/:id/rotate',
    {
      config,
      schema: {
        operationId: 'rotateCalendarFeed',
        summary: 'A new address; the old one is not found from now on',
        params: Params,
        response: { 200: OpenedFeed, 403: Problem, 404: Problem },
      },
    },
    async ({ caller, params }) => {
      const { feed, url } = await renewFeed(calendars, { id: params.id, ownerId: caller.id })
      return { ...viewOf(feed), url }
    },
  )

  app.delete(
    '/v1/calendar-feeds/:id',
    {
      config,
      schema: {
        operationId: 'removeCalendarFeed',
        params: Params,
        response: { 204: Type.Null(), 403: Problem, 404: Problem },
      },
    },
    async ({ caller, params }, reply) => {
      await closeFeed(calendars, params.id, caller.id)
      return reply.code(204).send(null)
    },
  )
}

/** The part asked for, or the one the caller has; throws FORBIDDEN for a part that the caller has not. */
function partOf({ roles }: Caller, wanted: Static<typeof Part> | undefined): Static<typeof Part> {
  const part = wanted ?? (roles.includes('doctor') ? 'doctor' : 'patient')
  if (!roles.includes(part)) throw new ProblemError(CommonErrors.FORBIDDEN, { field: 'part' })
  return part
}

function viewOf({ id, part, places, createdAt, rotatedAt }: FeedRecord): Static<typeof FeedView> {
  return { id, part, places, createdAt: createdAt.toISOString(), rotatedAt: rotatedAt.toISOString() }
}
