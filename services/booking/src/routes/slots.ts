import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Cursor, Instant, Problem, Uuid } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'
import { Type } from 'typebox'

import { decodeCursor, encodeCursor } from '../api/cursor.ts'
import { rangeOf } from '../api/instant.ts'
import { AnyDoctorFilter, problems, SlotView } from '../api/schemas.ts'
import { slotView } from '../api/views.ts'
import { type SlotFilter, soughtBy } from '../domain/sought.ts'
import { BookingErrors } from '../errors.ts'
import type { Availability } from '../slots/availability.ts'
import { searchSlots } from '../slots/search.ts'
import type { Catalogue } from '../store/list-catalogue.ts'

export interface SlotRoutesOptions {
  availability: Availability
  catalogue: () => Catalogue
  /** Unix seconds. */
  now: () => number
}

const Filter = {
  serviceId: Uuid,
  doctorId: Type.Optional(Uuid),
  ...AnyDoctorFilter,
}

const NEXT_DAYS = 120

/** `GET /v1/slots` searches free slots; `GET /v1/slots/next` gives the first one. Both are open to everybody. */
export const slotRoutes: FastifyPluginAsyncTypebox<SlotRoutesOptions> = async (app, options) => {
  const { availability, catalogue, now } = options

  app.get(
    '/v1/slots',
    {
      config: { permission: 'public' },
      schema: {
        operationId: 'searchSlots',
        querystring: Type.Object(
          {
            ...Filter,
            from: Instant,
            to: Instant,
            limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
            cursor: Type.Optional(Cursor),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ slots: Type.Array(SlotView), next: Type.Optional(Type.String()) }),
          422: Problem,
          ...problems(),
        },
      },
    },
    async (request) => {
      const { from, to, limit, cursor, ...filter } = request.query
      const bookable = bookableService(catalogue(), filter)
      const range = rangeOf(from, to)
      const place = cursor === undefined ? undefined : decodeCursor(cursor)
      if (bookable === undefined) return { slots: [] }
      const found = await searchSlots(availability, {
        sought: soughtBy(filter, catalogue()),
        shape: bookable,
        range: {
          start: Math.max(range.start, now() + Math.max(1, bookable.minimumNotice)),
          end: Math.min(range.end, now() + bookable.horizon),
        },
        after: place === undefined ? undefined : { start: place.start, doctorId: place.id },
        limit: limit + 1,
      })
      const slots = found.slice(0, limit)
      const last = slots.at(-1)
      const more = found.length > limit && last !== undefined
      return {
        slots: slots.map((slot) => slotView(slot, filter.serviceId)),
        ...(more ? { next: encodeCursor(last.start, last.doctorId) } : {}),
      }
    },
  )

  app.get(
    '/v1/slots/next',
    {
      config: { permission: 'public' },
      schema: {
        operationId: 'nextSlot',
        querystring: Type.Object(Filter, { additionalProperties: false }),
        response: {
          200: Type.Object({ slot: Type.Union([SlotView, Type.Null()]) }),
          422: Problem,
          ...problems(),
        },
      },
    },
    async (request) => {
      const filter = request.query
      const bookable = bookableService(catalogue(), filter)
      if (bookable === undefined) return { slot: null }
      const start = now() + Math.max(1, bookable.minimumNotice)
      const range = { start, end: Math.min(start + NEXT_DAYS * 86_400, now() + bookable.horizon) }
      const [first] = await searchSlots(availability, {
        sought: soughtBy(filter, catalogue()),
        shape: bookable,
        range,
        limit: 1,
      })
      return { slot: first === undefined ? null : slotView(first, filter.serviceId) }
    },
  )
}

type Service = Catalogue['services'] extends ReadonlyMap<string, infer S> ? S : never

/** The service sought, or undefined when the doctor named is not bookable now. Throws for what does not exist. */
function bookableService({ doctors, services }: Catalogue, filter: SlotFilter): Service | undefined {
  const { doctorId, serviceId } = filter
  requireFilter(filter)
  const service = services.get(serviceId)
  if (service?.active !== true)
    throw new ProblemError(BookingErrors.BOOKING_SERVICE_UNKNOWN, { field: 'serviceId' })
  if (doctorId === undefined) return service
  const doctor = doctors.get(doctorId)
  if (doctor === undefined)
    throw new ProblemError(BookingErrors.BOOKING_DOCTOR_UNKNOWN, { field: 'doctorId' })
  if (!doctor.serviceIds.has(serviceId)) {
    throw new ProblemError(BookingErrors.BOOKING_SERVICE_NOT_OFFERED, { field: 'serviceId' })
  }
  return doctor.active ? service : undefined
}

function requireFilter({ doctorId, specialtyId, clinicId, city }: SlotFilter): void {
  if ((doctorId ?? specialtyId ?? clinicId ?? city) !== undefined) return
  throw new ProblemError(BookingErrors.BOOKING_FILTER_MISSING, { field: 'doctorId' })
}
