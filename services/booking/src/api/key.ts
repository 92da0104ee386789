import { ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'

const KEY = /^[\x21-\x7e]{1,255}$/

/** A usable Idempotency-Key. Throws BOOKING_KEY_MISSING. */
export function keyOf(key: string | undefined): string {
  if (key === undefined || !KEY.test(key))
    throw new ProblemError(BookingErrors.BOOKING_KEY_MISSING, { field: 'Idempotency-Key' })
  return key
}
