import { Temporal } from 'temporal-polyfill'

import type { Interval } from './slots.ts'

/** Days and times of day as a clinic's clocks show them. Pure; instants are Unix seconds, zones IANA names. */

/** The interval of a date such as `2027-03-28` in a zone: 23 or 25 hours when clocks change. Undefined: no such date. */
export function dayOf(date: string, zone: string): Interval | undefined {
  const day = plainDateOf(date)
  if (day === undefined) return undefined
  const midnight = (of: Temporal.PlainDate) => of.toZonedDateTime(zone).epochMilliseconds / 1_000
  return { start: midnight(day), end: midnight(day.add({ days: 1 })) }
}

/** The date that a zone's calendar shows at an instant. */
export function dateAt(seconds: number, zone: string): string {
  return zoned(seconds, zone).toPlainDate().toString()
}

/** The time of day that a zone's clocks show at an instant, such as `08:20`. */
export function timeAt(seconds: number, zone: string): string {
  return zoned(seconds, zone).toPlainTime().toString({ smallestUnit: 'minute' })
}

/** How a visit was shifted, as a calendar shows it: by days, to a time of day. */
export interface Shift {
  days: number
  time: Temporal.PlainTime
}

/** The shift that takes one instant to another. */
export function shiftBetween(from: number, to: number, zone: string): Shift {
  const [before, after] = [zoned(from, zone), zoned(to, zone)]
  const { days } = before.toPlainDate().until(after.toPlainDate(), { largestUnit: 'days' })
  return { days, time: after.toPlainTime() }
}

/**
 * Another instant, shifted likewise: the same time of day stays the same when clocks change in between. Undefined when
 * clocks skip that time on that day.
 */
export function shifted(seconds: number, { days, time }: Shift, zone: string): number | undefined {
  const wall = zoned(seconds, zone).toPlainDate().add({ days }).toPlainDateTime(time)
  const there = wall.toZonedDateTime(zone)
  return there.toPlainDateTime().equals(wall) ? there.epochMilliseconds / 1_000 : undefined
}

const zoned = (seconds: number, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(seconds * 1_000).toZonedDateTimeISO(zone)

function plainDateOf(date: string): Temporal.PlainDate | undefined {
  try {
    return Temporal.PlainDate.from(date, { overflow: 'reject' })
  } catch {
    return undefined
  }
}
