import { ProblemError } from '@medqueue/service-kit'

import { parseInstant } from '../domain/instants.ts'
import type { Interval } from '../domain/slots.ts'
import { BookingErrors } from '../errors.ts'

const LONGEST_RANGE = 180 * 86_400

/** Any digit behind the point that counts, also beyond the milliseconds that a Date keeps. */
const FRACTION = /\.\d*[1-9]/

/**
 * Unix seconds of the start of a visit a caller sent. Throws BOOKING_INSTANT_INVALID naming the field, and
 * BOOKING_OFF_GRID when it is not on a whole second, where no visit starts.
 */
export function instantOf(text: string, field: string): number {
  const seconds = parseInstant(text)
  if (seconds === undefined) throw new ProblemError(BookingErrors.BOOKING_INSTANT_INVALID, { field })
  if (FRACTION.test(text)) throw new ProblemError(BookingErrors.BOOKING_OFF_GRID, { field })
  return Math.trunc(seconds)
}

/**
 * Unix seconds of a bound of a range: the next whole second, since visits start on whole ones. Throws
 * BOOKING_INSTANT_INVALID naming the field.
 */
export function boundOf(text: string, field: string): number {
  const seconds = parseInstant(text)
  if (seconds === undefined) throw new ProblemError(BookingErrors.BOOKING_INSTANT_INVALID, { field })
  return Math.ceil(seconds)
}

/** A range of at most 180 days. Throws BOOKING_INSTANT_INVALID or BOOKING_RANGE_INVALID. */
export function rangeOf(from: string, to: string): Interval {
  const range = { start: boundOf(from, 'from'), end: boundOf(to, 'to') }
  if (range.end <= range.start || range.end - range.start > LONGEST_RANGE) {
    throw new ProblemError(BookingErrors.BOOKING_RANGE_INVALID, { field: 'to' })
  }
  return range
}
