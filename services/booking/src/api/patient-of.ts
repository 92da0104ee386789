import { type Caller, ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'

/** The patient meant: the caller when nobody is named. Throws BOOKING_FOR_OTHERS, naming the field. */
export function patientOf(caller: Caller, named: string | undefined, field = 'patientId'): string {
  if (named === undefined || named === caller.id || caller.can('appointment:book-for-others'))
    return named ?? caller.id
  throw new ProblemError(BookingErrors.BOOKING_FOR_OTHERS, { field })
}
