import { ProblemError } from '@medqueue/service-kit'

import { minutesOf, parseDate, parseInstant } from '../domain/calendar.ts'
import { SchedulingErrors } from '../errors.ts'

/** Checks that a schema cannot make. Each throws SCHEDULING_FIELD_INVALID naming the field. */

const FIRST_DATE = '2000-01-01'
const LAST_DATE = '2199-12-31'

export function invalid(field: string, detail: string): ProblemError {
  return new ProblemError(SchedulingErrors.SCHEDULING_FIELD_INVALID, { field, detail })
}

/** A date that the calendar has, in a span in which clocks are known. */
export function dateField(field: string, value: string): string {
  if (parseDate(value) === undefined) throw invalid(field, `${value} is not in the calendar.`)
  if (value < FIRST_DATE || value > LAST_DATE) {
    throw invalid(field, `${value} does not lie between ${FIRST_DATE} and ${LAST_DATE}.`)
  }
  return value
}

/** Two dates in order, both included; `names` are their fields. */
export function datesField(names: [string, string], first: string, last: string): [string, string] {
  const dates: [string, string] = [dateField(names[0], first), dateField(names[1], last)]
  if (last < first) throw invalid(names[1], `${names[1]} is before ${names[0]}.`)
  return dates
}

/** Days from the first to the last date, both counted. */
export function daysBetween(first: string, last: string): number {
  return (parseDate(last) ?? 0) - (parseDate(first) ?? 0) + 1
}

/** Minutes of a shift that is not empty. */
export function timesField(start: string, end: string): { start: number; end: number } {
  const times = { start: minutesOf(start), end: minutesOf(end) }
  if (times.end <= times.start) throw invalid('end', 'end must be later than start; split a night at 24:00.')
  return times
}

/** Times of day of which neither or both are given; neither is the whole day. */
export function timesOrDay(start: string | undefined, end: string | undefined) {
  if (start === undefined && end !== undefined) throw invalid('start', 'end is given without start.')
  if (end === undefined && start !== undefined) throw invalid('end', 'start is given without end.')
  return timesField(start ?? '00:00', end ?? '24:00')
}

/** Milliseconds since the epoch. */
export function instantField(field: string, value: string): number {
  const instant = parseInstant(value)
  if (instant === undefined) throw invalid(field, `${value} is not an instant.`)
  dateField(field, value.slice(0, 10))
  return instant
}

/** The dates of a query, in order where both are given; null where one is not. */
export function optionalDates({ from, to }: { from?: string; to?: string }) {
  if (from !== undefined) dateField('from', from)
  if (to !== undefined) datesField(['from', 'to'], from ?? to, to)
  return { from: from ?? null, to: to ?? null }
}
