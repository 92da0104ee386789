import { ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'

/** The version of an ETag of ours, or undefined for any. Anything else can match nothing: BOOKING_STALE. */
export function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch === '*') return undefined
  const version = /^"(\d{1,9})"$/.exec(ifMatch)?.[1]
  if (version === undefined) throw new ProblemError(BookingErrors.BOOKING_STALE, { field: 'If-Match' })
  return Number(version)
}
