import { type Caller, CommonErrors, ProblemError } from '@medqueue/service-kit'

import { DirectoryErrors } from '../errors.ts'

/**
 * Lets the patient and those with the right pass. Throws DIRECTORY_NOT_FOUND to another patient, who must not learn
 * that the record exists, and FORBIDDEN to any other role.
 */
export function admitToPatient(caller: Pick<Caller, 'id' | 'roles'>, id: string, holdsRight: boolean): void {
  if (holdsRight) return
  if (!caller.roles.includes('patient')) throw new ProblemError(CommonErrors.FORBIDDEN)
  if (caller.id !== id) throw new ProblemError(DirectoryErrors.DIRECTORY_NOT_FOUND)
}

/** Lets only those named and those with the right pass; to everybody else it does not exist: DIRECTORY_NOT_FOUND. */
export function admitOnly(caller: Pick<Caller, 'id'>, ids: readonly string[], holdsRight: boolean): void {
  if (holdsRight || ids.includes(caller.id)) return
  throw new ProblemError(DirectoryErrors.DIRECTORY_NOT_FOUND)
}
