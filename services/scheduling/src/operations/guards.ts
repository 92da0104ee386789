import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import type { Author } from '../core.ts'
import type { Clinic } from '../domain/schedule.ts'
import { SchedulingErrors } from '../errors.ts'
import { findClinic } from '../store/find-clinic.ts'
import { findDoctor } from '../store/find-doctor.ts'
import { lockSchedule } from '../store/lock-schedule.ts'

/** Throws SCHEDULING_NOT_YOURS. */
export function mustOwn(author: Author, doctorId: string): void {
  if (author.everybody || author.id === doctorId) return
  throw new ProblemError(SchedulingErrors.SCHEDULING_NOT_YOURS, { field: 'doctorId' })
}

/** Why a doctor's schedule takes nothing new, or undefined. */
export function doctorFault(
  doctor: { active: boolean; clinicIds: readonly string[] } | undefined,
  clinicId: string | null,
): ProblemError | undefined {
  const fault = (code: keyof typeof SchedulingErrors, field: string) => {
    return new ProblemError(SchedulingErrors[code], { field })
  }
  if (doctor === undefined) return fault('SCHEDULING_DOCTOR_UNKNOWN', 'doctorId')
  if (!doctor.active) return fault('SCHEDULING_DOCTOR_INACTIVE', 'doctorId')
  if (clinicId !== null && !doctor.clinicIds.includes(clinicId)) {
    return fault('SCHEDULING_NOT_AT_CLINIC', 'clinicId')
  }
  return undefined
}

/** The clinic, locked as in `findClinic`. Throws SCHEDULING_CLINIC_UNKNOWN or SCHEDULING_CLINIC_INACTIVE. */
export async function openClinic(client: pg.ClientBase, clinicId: string): Promise<Clinic> {
  const clinic = await findClinic(client, clinicId, 'SHARE')
  const code = clinic === undefined ? 'SCHEDULING_CLINIC_UNKNOWN' : 'SCHEDULING_CLINIC_INACTIVE'
  if (clinic?.active !== true) throw new ProblemError(SchedulingErrors[code], { field: 'clinicId' })
  return clinic
}

/**
 * Takes the doctor's schedule for something new, and gives the clinic. Locks are always taken in the order doctor,
 * clinic, schedule. Throws when the doctor or the clinic is unknown or inactive, or the doctor does not work there.
 */
export async function openSchedule(
  client: pg.ClientBase,
  doctorId: string,
  clinicId: string | null,
): Promise<Clinic | undefined> {
  const doctor = await findDoctor(client, doctorId, 'SHARE')
  // The doctor's faults are told before the clinic's, the doctor's place there after both are known.
  const unknown = doctorFault(doctor, null)
  if (unknown !== undefined) throw unknown
  const clinic = clinicId === null ? undefined : await openClinic(client, clinicId)
  const elsewhere = doctorFault(doctor, clinicId)
  if (elsewhere !== undefined) throw elsewhere
  await lockSchedule(client, doctorId)
  return clinic
}

/** Which versions a change may be based on: those of its If-Match. */
export type Expected = (version: number) => boolean

/** Throws SCHEDULING_VERSION_STALE. */
export function mustBeCurrent(version: number, expected: Expected): void {
  if (!expected(version)) throw new ProblemError(SchedulingErrors.SCHEDULING_VERSION_STALE)
}
