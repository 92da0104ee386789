import { Temporal } from 'temporal-polyfill'

/** Days since 1970-01-01 in no zone at all: a calendar date as a number. */
export type EpochDay = number

export const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000
export const MINUTES_A_DAY = 1_440

const EPOCH = Temporal.PlainDate.from('1970-01-01')
const WALL_TIME = /^(\d{2}):(\d{2})$/

/** The date as a number of days, or undefined when the calendar has no such date (2027-02-29). */
export function parseDate(text: string): EpochDay | undefined {
  try {
    return EPOCH.until(Temporal.PlainDate.from(text, { overflow: 'reject' })).days
  } catch {
    return undefined
  }
}

/** The date of a text that is known to be one, such as a column of type date. Throws RangeError otherwise. */
export function dateOf(text: string): EpochDay {
  const day = parseDate(text)
  if (day === undefined) throw new RangeError(`No such date: ${text}`)
  return day
}

/** `YYYY-MM-DD`. */
export function formatDate(day: EpochDay): string {
  return EPOCH.add({ days: day }).toString()
}

/** ISO weekday: 1 is Monday, 7 is Sunday. */
export function weekdayOf(day: EpochDay): number {
  // 1970-01-01 was a Thursday.
  return ((((day + 3) % 7) + 7) % 7) + 1
}

/** Minutes since midnight of `HH:MM`; `24:00` is the end of the day. Throws RangeError otherwise. */
export function minutesOf(text: string): number {
  const match = WALL_TIME.exec(text)
  const minutes = Number(match?.[1]) * 60 + Number(match?.[2])
  if (!(minutes <= MINUTES_A_DAY)) throw new RangeError(`No such time of day: ${text}`)
  return minutes
}

/** `HH:MM`; 1440 is `24:00`. */
export function formatMinutes(minutes: number): string {
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
}

/** The day of an instant in UTC. */
export function utcDayOf(instantMs: number): EpochDay {
  return Math.floor(instantMs / DAY_MS)
}

/** Milliseconds since the epoch of an RFC 3339 instant, or undefined when there is no such instant. */
export function parseInstant(text: string): number | undefined {
  try {
    return Temporal.Instant.from(text).epochMilliseconds
  } catch {
    return undefined
  }
}

/** RFC 3339 in UTC with whole seconds, such as 2027-03-01T09:00:00Z. */
export function formatInstant(instantMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(instantMs).toString({ smallestUnit: 'second' })
}
