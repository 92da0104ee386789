import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Cursor, Instant, PlainDate, Problem, Uuid, ZoneName } from '@medqueue/contracts'
import type { Caller } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'
import type pg from 'pg'
import { Type } from 'typebox'

import { decodeCursor, encodeCursor } from '../api/cursor.ts'
import { withOwnHolds } from '../api/own-holds.ts'
import { patientOf, proxiedPatient } from '../api/patient-of.ts'
import { problems, SlotFilterQuery, SlotView } from '../api/schemas.ts'
import {
  askedRange,
  bookableFrom,
  bookableService,
  intersection,
  type SlotSearchDeps,
  zoneOf,
} from '../api/slot-search.ts'
import { slotView } from '../api/views.ts'
import type { Interval } from '../domain/slots.ts'
import { type SlotFilter, type Sought, soughtBy } from '../domain/sought.ts'
import { searchSlots, type SlotSearch } from '../slots/search.ts'
import { listOwnHolds } from '../store/list-own-holds.ts'
import { offerToWait, WaitlistWish } from '../waitlist/wish.ts'
import { slotMonthRoutes } from './slot-months.ts'
import { slotNextRoutes } from './slot-next.ts'

const Query = Type.Object(
  {
    ...SlotFilterQuery,
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
    day: Type.Optional({ ...PlainDate, description: 'Instead of `from` and `to`: a date in `zone`' }),
    zone: Type.Optional({ ...ZoneName, description: 'Of `day`; that of the first clinic found by default' }),
    patientId: Type.Optional({ ...Uuid, description: 'Whose holds are shown: the caller’s by default' }),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
    cursor: Type.Optional(Cursor),
  },
  { additionalProperties: false },
)

/**
 * `GET /v1/slots` searches free slots, open to everybody; who sends a token is shown their own holds too. With the
 * routes beside it: the first free slots, and months.
 */
export const slotRoutes: FastifyPluginAsyncTypebox<SlotSearchDeps> = async (app, options) => {
  const { pool, availability, catalogue, now } = options
  await app.register(slotNextRoutes, options)
  await app.register(slotMonthRoutes, options)

  /** What the patient holds there: nobody else is offered it, and it is not gone. */
  const holdsOf = async (
    patientId: string | undefined,
    { serviceId }: SlotFilter,
    sought: Sought,
    range: Interval,
  ) => {
    if (patientId === undefined || !availability.holders.mayHold(patientId)) return []
    const rows = await listOwnHolds(pool, { patientId, serviceId })
    return rows.filter(({ doctor_id: doctorId, clinic_id: clinicId, starts }) => {
      const start = Number(starts)
      return (
        start >= range.start &&
        start < range.end &&
        sought.doctorIds.includes(doctorId) &&
        sought.clinicIds.has(clinicId)
      )
    })
  }

  app.get(
    '/v1/slots',
    {
      config: { permission: 'public', waitingRoom: 'turn' },
      schema: {
        operationId: 'searchSlots',
        querystring: Query,
        response: {
          200: Type.Object({
            slots: Type.Array(SlotView),
            next: Type.Optional(Type.String()),
            waitlist: Type.Optional(WaitlistWish),
          }),
          422: Problem,
          ...problems(),
        },
      },
    },
    async (request, reply) => {
      const { from, to, day, zone, patientId: named, limit, cursor, ...filter } = request.query
      const caller = request.callerIfAny
      if (caller !== undefined) reply.header('cache-control', 'no-store')
      const holder = named === undefined ? holderIn(caller) : await proxiedHolder(pool, request, named)
      const shape = bookableService(catalogue(), filter)
      const sought = soughtBy(filter, catalogue())
      const asked = askedRange({ from, to, day }, zoneOf(zone, sought, catalogue()))
      const place = cursor === undefined ? undefined : decodeCursor(cursor)
      if (shape === undefined) return { slots: [] }
      const search: SlotSearch = {
        sought,
        shape,
        range: intersection(asked, bookableFrom(shape, now())),
        after: place === undefined ? undefined : { start: place.start, doctorId: place.id },
        limit: limit + 1,
      }
      const [found, holds] = await Promise.all([
        searchSlots(availability, search),
        holdsOf(holder, filter, sought, asked),
      ])
      const views = found.map((slot) => slotView(slot, filter.serviceId))
      const all = withOwnHolds(views, holds, search.after)
      if (all.length === 0 && place === undefined)
        return { slots: [], ...offerToWait(filter, sought, search.range) }
      return pageOf(all, limit)
    },
  )
}

function pageOf(all: SlotView[], limit: number): { slots: SlotView[]; next?: string } {
  const slots = all.slice(0, limit)
  const last = slots.at(-1)
  if (all.length <= limit || last === undefined) return { slots }
  return { slots, next: encodeCursor(Date.parse(last.start) / 1000, last.doctorId) }
}

const holderIn = (caller: Caller | undefined) =>
  caller?.can('appointment:book') === true ? caller.id : undefined

/** A patient who is named: the caller, one they act for, or anybody for staff. Throws UNAUTHENTICATED, BOOKING_FOR_OTHERS. */
async function proxiedHolder(
  pool: pg.Pool,
  { caller }: Pick<FastifyRequest, 'caller'>,
  named: string,
): Promise<string> {
  return (patientOf(caller, named) ?? (await proxiedPatient(pool, caller, named))).patientId
}
