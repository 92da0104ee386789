import { type Caller, ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'

/**
 * Throws BOOKING_OVERBOOK_FORBIDDEN unless the caller may book over the doctor's other visits: staff may, doctors may in
 * their own time, nobody may for themselves.
 */
export function requireOverbook(
  caller: Caller,
  { doctorId, patientId }: { doctorId: string; patientId: string },
): void {
  const staff = caller.can('appointment:read-any') || doctorId === caller.id
  if (staff && caller.can('appointment:overbook') && patientId !== caller.id) return
  throw new ProblemError(BookingErrors.BOOKING_OVERBOOK_FORBIDDEN, { field: 'overbookReason' })
}
