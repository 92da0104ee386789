import { type Caller, ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import { BookingErrors } from '../errors.ts'
import type { Catalogue } from '../store/list-catalogue.ts'

export interface ViewDeps {
  pool: pg.Pool
  catalogue: () => Catalogue
}

/** Visits in one answer: a month of twenty doctors with sixty a day, some 15 MB. */
export const MOST_VISITS = 40_000
/** Doctors, rooms or clinics in one answer. */
export const MOST_COLUMNS = 200

/**
 * Whose visits the caller may see: everybody's (undefined), or a doctor's own. Throws BOOKING_NOT_FOUND for a doctor
 * who asks for another.
 */
export function onlyDoctor(caller: Caller, asked: string | undefined): string | undefined {
  if (caller.can('appointment:read-any')) return asked
  if (asked !== undefined && asked !== caller.id) throw new ProblemError(BookingErrors.BOOKING_NOT_FOUND)
  return caller.id
}

/** A limit reached is an error, not a shorter answer. Throws BOOKING_GRID_TOO_LARGE. */
export function within<T>(rows: readonly T[], most: number): readonly T[] {
  if (rows.length > most) throw new ProblemError(BookingErrors.BOOKING_GRID_TOO_LARGE)
  return rows
}
