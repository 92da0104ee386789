import { ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'

const END_OF_YEAR_9999 = 253_402_300_799
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A place in a list ordered by start and id, as text that callers pass back. */
export function encodeCursor(start: number, id: string): string {
  return Buffer.from(`${start}:${id}`).toString('base64url')
}

/** Throws BOOKING_CURSOR_INVALID for anything that `encodeCursor` did not write. */
export function decodeCursor(cursor: string): { start: number; id: string } {
  const [start, id] = Buffer.from(cursor, 'base64url').toString().split(':')
  const seconds = Number(start)
  if (
    !Number.isSafeInteger(seconds) ||
    seconds < 0 ||
    seconds > END_OF_YEAR_9999 ||
    id === undefined ||
    !UUID.test(id)
  ) {
    throw new ProblemError(BookingErrors.BOOKING_CURSOR_INVALID, { field: 'cursor' })
  }
  return { start: seconds, id }
}
