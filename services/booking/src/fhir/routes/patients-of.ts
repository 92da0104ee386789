import { type Caller, ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../../errors.ts'

/** The patient meant: the caller when nobody is named. Throws BOOKING_FOR_OTHERS, as the REST API does. */
export function patientFor(caller: Caller, named: string | undefined): string {
  if (named !== undefined && named !== caller.id && !caller.can('appointment:book-for-others')) {
    throw new ProblemError(BookingErrors.BOOKING_FOR_OTHERS, { field: 'patient' })
  }
  return named ?? caller.id
}
