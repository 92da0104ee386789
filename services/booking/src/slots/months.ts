import { type Day, type DayOffer, monthOf } from '../domain/month.ts'
import { type Interval, NOTHING_ELSE } from '../domain/slots.ts'
import type { Sought } from '../domain/sought.ts'
import type { Availability } from './availability.ts'
import { openWeeksOf, type SoughtShape, type WeekOpenings } from './openings.ts'
import { weeksOf } from './week-keys.ts'

export interface MonthSearch {
  sought: Sought
  shape: SoughtShape
  days: readonly Day[]
  /** When visits may begin; Unix seconds. */
  bookable: Interval
}

export interface Month {
  /** Everybody who is free on some day. */
  doctorIds: string[]
  /** Doctors are places in that list. */
  days: DayOffer[]
}

const NOTHING: WeekOpenings = { windows: [], elsewhere: NOTHING_ELSE }

/** What is free on each of the days, by whom, and why nothing is on the others. */
export async function searchMonth(availability: Availability, search: MonthSearch): Promise<Month> {
  const { sought, shape, days, bookable } = search
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return { doctorIds: [], days: [] }
  const span = { start: Math.max(first.start, bookable.start), end: Math.min(last.end, bookable.end) }
  // Before and behind what may be booked there is nothing to look at.
  const ahead = span.start < span.end
  const [{ windows, elsewhere }, notes] = await Promise.all([
    ahead ? openWeeksOf(availability, sought, shape, { weeks: weeksOf(span), range: span }) : NOTHING,
    ahead ? availability.notes(sought.doctorIds) : [],
  ])
  const offers = monthOf({ ...sought, days, shape, bookable, windows, elsewhere, notes })
  return compact(sought.doctorIds, offers)
}

/** Leaves out the doctors who are free on no day. */
function compact(doctorIds: readonly string[], days: DayOffer[]): Month {
  const used = doctorIds.map(() => false)
  for (const { doctors } of days) for (const place of doctors) used[place] = true
  let count = 0
  const places = used.map((isUsed) => (isUsed ? count++ : -1))
  return {
    doctorIds: doctorIds.filter((_, place) => used[place]),
    days: days.map((day) => ({ ...day, doctors: day.doctors.map((old) => places[old] ?? 0) })),
  }
}
