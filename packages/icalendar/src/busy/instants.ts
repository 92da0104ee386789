import type ICAL from 'ical.js'
import { Temporal } from 'temporal-polyfill'

/** ical.js gives this zone to what has none. */
const FLOATING = 'floating'

/**
 * The instant of a time in somebody's calendar, in milliseconds since the epoch. A zone that the calendar describes
 * counts as described; a date, and what has no zone, is read on the owner's clocks, where wall time that a clock change
 * skips is moved on, and what it repeats is the first pass.
 */
export function instantOf(time: ICAL.Time, ownerZone: string): number {
  if (!time.isDate && zoneOf(time) !== FLOATING) return time.toUnixTime() * 1000
  const { year, month, day, hour, minute, second } = time
  const date = Temporal.PlainDate.from({ year, month, day })
  // Where the clocks skip midnight, the day begins later.
  if (time.isDate) return date.toZonedDateTime(ownerZone).epochMilliseconds
  const wall = date.toPlainDateTime({ hour, minute, second: Math.min(second, 59) })
  return wall.toZonedDateTime(ownerZone).epochMilliseconds
}

/** What the clocks read at a time, as milliseconds as if they stood in UTC: to compare without asking any zone. */
export function wallOf({ year, month, day, hour, minute, second, isDate }: ICAL.Time): number {
  return isDate ? Date.UTC(year, month - 1, day) : Date.UTC(year, month - 1, day, hour, minute, second)
}

/** True when the runtime's time zone data has the zone. */
export function isZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch {
    return false
  }
}

function zoneOf({ zone }: ICAL.Time): string {
  return (zone as ICAL.Timezone | null)?.tzid ?? FLOATING
}
