import { ClinicSnapshot, DoctorSnapshot, type EventEnvelope } from '@medqueue/contracts'
import type pg from 'pg'
import { Value } from 'typebox/value'

import type { Core } from '../core.ts'
import { isZone } from '../domain/zone-timeline.ts'
import { publishWindows } from '../operations/publish-windows.ts'
import { findClinic } from '../store/find-clinic.ts'
import { findDoctor } from '../store/find-doctor.ts'
import { listDoctorsAtClinic } from '../store/list-doctors-at-clinic.ts'
import { lockKnownSchedule } from '../store/lock-known-schedule.ts'
import { upsertClinics } from '../store/upsert-clinics.ts'
import { upsertDoctors } from '../store/upsert-doctors.ts'

/** Subjects of the directory that this service follows, without prefix. */
export const DIRECTORY_SUBJECTS = ['directory.doctor.*', 'directory.clinic.*']

/**
 * Takes a word of the directory, and publishes the windows of every doctor whom it touches, in one transaction. An
 * older version than the one known changes nothing.
 */
export function takeDirectoryEvent(core: Core) {
  return async (client: pg.PoolClient, event: EventEnvelope): Promise<void> => {
    if (event.type === 'directory.doctor.changed') await takeDoctor(client, core, event)
    if (event.type === 'directory.clinic.changed') await takeClinic(client, core, event)
  }
}

async function takeDoctor(client: pg.PoolClient, core: Core, event: EventEnvelope): Promise<void> {
  const { id, version, active, clinicIds } = Value.Parse(DoctorSnapshot, event.data)
  const before = await findDoctor(client, id, 'UPDATE')
  const changed = await upsertDoctors(client, [{ id, version, active, clinicIds }])
  if (changed.length === 0 || (before?.active === active && sameIds(before.clinicIds, clinicIds))) return
  await republish(client, core, [id], event)
}

function sameIds(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join() === others.toSorted().join()
}

async function takeClinic(client: pg.PoolClient, core: Core, event: EventEnvelope): Promise<void> {
  const { id, version, active, zone } = Value.Parse(ClinicSnapshot, event.data)
  if (!isZone(zone)) throw new RangeError(`clinic ${id} is in an unknown time zone`)
  const before = await findClinic(client, id, 'UPDATE')
  const changed = await upsertClinics(client, [{ id, version, active, zone }])
  if (changed.length === 0 || (before?.active === active && before.zone === zone)) return
  await republish(client, core, await listDoctorsAtClinic(client, id), event)
}

async function republish(
  client: pg.PoolClient,
  core: Core,
  doctorIds: readonly string[],
  { traceparent }: EventEnvelope,
): Promise<void> {
  for (const doctorId of doctorIds) {
    if (await lockKnownSchedule(client, doctorId)) await publishWindows(client, core, doctorId, traceparent)
  }
}
