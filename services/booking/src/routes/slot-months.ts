import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, Uuid, ZoneName } from '@medqueue/contracts'
import { Type } from 'typebox'

import { problems, SlotFilterQuery } from '../api/schemas.ts'
import {
  activeService,
  bookableFrom,
  bookableService,
  intersection,
  zoneOf,
  type SlotSearchDeps,
} from '../api/slot-search.ts'
import { daysOf, EMPTY_CODES } from '../domain/month.ts'
import { soughtBy } from '../domain/sought.ts'
import { searchMonth } from '../slots/months.ts'
import { offerToWait, WaitlistWish } from '../waitlist/wish.ts'

const MonthView = Type.Object({
  month: Type.String(),
  zone: Type.String({ description: 'Whose days they are' }),
  firstFree: Type.Union([Type.String(), Type.Null()], { description: 'The first day with something free' }),
  waitlist: Type.Optional(WaitlistWish),
  doctorIds: Type.Array(Uuid, { description: 'Who is free on some day' }),
  days: Type.Array(
    Type.Object({
      date: Type.String(),
      free: Type.Integer({ minimum: 0, description: 'Free starts of all doctors together' }),
      doctors: Type.Array(Type.Integer({ minimum: 0 }), {
        description: 'Who is free, as places in `doctorIds`',
      }),
      empty: Type.Optional(
        Type.Object(
          {
            code: Type.Enum([...EMPTY_CODES]),
            reason: Type.Optional(Type.String({ description: 'A closure or a holiday by its public name' })),
          },
          { description: 'Why nothing is free' },
        ),
      ),
    }),
  ),
})

/** `GET /v1/slots/months` is a month of days: how much is free on each, with whom, and why nothing is. Open to everybody. */
export const slotMonthRoutes: FastifyPluginAsyncTypebox<SlotSearchDeps> = async (app, options) => {
  const { availability, catalogue, now } = options

  app.get(
    '/v1/slots/months',
    {
      config: { permission: 'public', waitingRoom: 'turn' },
      schema: {
        operationId: 'searchMonth',
        querystring: Type.Object(
          {
            ...SlotFilterQuery,
            month: Type.String({ pattern: '^20\\d{2}-(0[1-9]|1[0-2])$', description: 'Such as 2027-03' }),
            zone: Type.Optional({ ...ZoneName, description: 'That of the first clinic found by default' }),
          },
          { additionalProperties: false },
        ),
        response: { 200: MonthView, 422: Problem, ...problems() },
      },
    },
    async (request) => {
      const { month, zone: asked, ...filter } = request.query
      // Of a doctor who is not active nobody is sought, so that nothing is free.
      const shape = bookableService(catalogue(), filter) ?? activeService(catalogue(), filter.serviceId)
      const sought = soughtBy(filter, catalogue())
      const zone = zoneOf(asked, sought, catalogue())
      const [days, bookable] = [daysOf(month, zone), bookableFrom(shape, now())]
      const search = { sought, shape, days, bookable }
      const found = await searchMonth(availability, search)
      const firstFree = found.days.find(({ free }) => free > 0)?.date ?? null
      const all = { start: days[0]?.start ?? 0, end: days.at(-1)?.end ?? 0 }
      const instead = firstFree === null ? offerToWait(filter, sought, intersection(all, bookable)) : {}
      return { month, zone, firstFree, ...instead, ...found }
    },
  )
}
