import { type Static, Type } from 'typebox'

import { formatInstant } from '../domain/instants.ts'
import type { Interval, VisitShape } from '../domain/slots.ts'
import type { SlotFilter, Sought } from '../domain/sought.ts'
import type { BookingOrder } from '../intake/order.ts'
import { WaitlistBody } from './schemas.ts'

/** The longest time that one waits for, in seconds. */
export const LONGEST = 60 * 86_400

/** What a search that finds nothing offers instead. */
export const WaitlistWish = Type.Omit(WaitlistBody, ['patientId'], {
  description: 'Nothing is free: send this to POST /v1/waitlist to be offered the first time that is',
})
export type WaitlistWish = Static<typeof WaitlistWish>

/** The place in line for a visit that somebody else has: for this doctor at this time, should it become free. */
export const waitFor = (
  { serviceId, doctorId, startSeconds: start }: BookingOrder,
  { duration }: VisitShape,
): WaitlistWish => ({
  ...{ serviceId, doctorId },
  ...{ from: formatInstant(start), to: formatInstant(start + duration) },
})

/**
 * The place in line for what was searched. `range`: Unix seconds in which something may still be booked; its first sixty
 * days count. Nothing when there is nothing to wait for, or when the line does not know what was asked: a city, a language.
 */
export function offerToWait(
  filter: SlotFilter,
  sought: Sought,
  range: Interval,
): { waitlist?: WaitlistWish } {
  const { serviceId, doctorId, specialtyId, clinicId, city, language } = filter
  const named = Object.entries({ doctorId, specialtyId, clinicId }).filter(([, id]) => id !== undefined)
  if (named.length === 0 || (city ?? language) !== undefined) return {}
  if (sought.doctorIds.length === 0 || range.end < range.start + 1) return {}
  const start = Math.ceil(range.start)
  const end = Math.floor(Math.min(range.end, start + LONGEST))
  const times = { from: formatInstant(start), to: formatInstant(end) }
  return { waitlist: { serviceId, ...Object.fromEntries(named), ...times } }
}
