import { hash } from 'node:crypto'

import { withTransaction } from '@medqueue/database'
import { type Caller, ProblemError } from '@medqueue/service-kit'

import { rangeOf } from '../api/instant.ts'
import { patientOf, proxiedPatient, stillProxied } from '../api/patient-of.ts'
import { plainRefusal, type RefusalDeps } from '../api/refusal.ts'
import { soughtBy } from '../domain/sought.ts'
import { BookingErrors } from '../errors.ts'
import { requestIdOf } from '../intake/request-id.ts'
import { lockPatient } from '../store/lock-patient-service.ts'
import { countOpenEntries, findEntry, insertEntry, type ListedEntry } from '../store/waitlist-entries.ts'
import type { WaitlistBody } from './schemas.ts'
import { LONGEST } from './wish.ts'

const MOST_OPEN = 10

interface JoinDeps extends RefusalDeps {
  now: () => Date
}

/**
 * Puts a patient at the end of the line. The same key gives the same place. Throws BOOKING_FOR_OTHERS,
 * BOOKING_SERVICE_UNKNOWN, BOOKING_NOBODY_OFFERS, BOOKING_DOCTOR_MISSING, BOOKING_WAITLIST_RANGE,
 * BOOKING_WAITLIST_PAST, BOOKING_WAITLIST_FULL, BOOKING_KEY_REUSED.
 */
export async function joinWaitlist(
  deps: JoinDeps,
  { caller, key, body }: { caller: Caller; key: string; body: WaitlistBody },
): Promise<ListedEntry> {
  const { serviceId, doctorId = null, specialtyId = null, clinicId = null } = body
  const { patientId, byProxy = false } =
    patientOf(caller, body.patientId) ?? (await proxiedPatient(deps.pool, caller, body.patientId))
  assertSought(deps, body)
  const range = rangeOf(body.from, body.to)
  if (range.end - range.start > LONGEST)
    throw new ProblemError(BookingErrors.BOOKING_WAITLIST_RANGE, { field: 'to' })
  const asked = JSON.stringify([serviceId, doctorId, specialtyId, clinicId, patientId, range])
  const entry = {
    id: requestIdOf(caller.id, `${key} waitlist`),
    fingerprint: requestIdOf(caller.id, hash('sha256', asked, 'hex')),
    ...{ principal_id: caller.id, patient_id: patientId, service_id: serviceId },
    ...{ doctor_id: doctorId, specialty_id: specialtyId, clinic_id: clinicId },
    ...{ after: range.start, before: range.end, by_proxy: byProxy },
  }
  return withTransaction(deps.pool, async (client) => {
    if (byProxy) await stillProxied(client, caller, patientId)
    // What is counted for a patient must not be counted by two at once.
    await lockPatient(client, patientId, 'waitlist')
    const known = await findEntry(client, entry.id)
    if (known !== undefined) return replayed(known, entry.fingerprint)
    // Not before: who asks again is told of the place they have, also when its time is over.
    if (range.end <= deps.now().getTime() / 1_000)
      throw new ProblemError(BookingErrors.BOOKING_WAITLIST_PAST, { field: 'to' })
    if ((await countOpenEntries(client, patientId)) >= MOST_OPEN)
      throw new ProblemError(BookingErrors.BOOKING_WAITLIST_FULL)
    await insertEntry(client, entry)
    return replayed(await findEntry(client, entry.id), entry.fingerprint)
  })
}

function assertSought({ catalogue }: RefusalDeps, body: WaitlistBody): void {
  const { serviceId, doctorId, specialtyId, clinicId } = body
  if ((doctorId ?? specialtyId ?? clinicId) === undefined)
    throw new ProblemError(BookingErrors.BOOKING_DOCTOR_MISSING, { field: 'doctorId' })
  if (catalogue().services.get(serviceId)?.active !== true) throw plainRefusal('service_unknown')
  const { doctorIds } = soughtBy({ serviceId, doctorId, specialtyId, clinicId }, catalogue())
  if (doctorIds.length === 0)
    throw new ProblemError(BookingErrors.BOOKING_NOBODY_OFFERS, { field: 'serviceId' })
}

function replayed(entry: ListedEntry | undefined, fingerprint: string): ListedEntry {
  if (entry?.fingerprint !== fingerprint)
    throw new ProblemError(BookingErrors.BOOKING_KEY_REUSED, { field: 'Idempotency-Key' })
  return entry
}
