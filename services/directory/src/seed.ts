import type { ClinicSnapshot, DirectoryKind, DoctorSnapshot } from '@medqueue/contracts'
import { createPool, migrate, withTransaction } from '@medqueue/database'
import {
  type DemoClinic,
  demoClinics,
  type DemoDoctor,
  demoDoctors,
  demoId,
  demoPatients,
  demoServiceTypes,
  demoSpecialties,
} from '@medqueue/demo-data'
import { appendEvents } from '@medqueue/messaging'
import type pg from 'pg'

import { factEvent, type OutgoingFact, PATIENTS_PER_EVENT } from './domain/events.ts'
import { addClinics } from './store/add-clinics.ts'
import { addDoctors } from './store/add-doctors.ts'
import { addPatients } from './store/add-patients.ts'
import { addServiceTypes } from './store/add-service-types.ts'
import { addSpecialties } from './store/add-specialties.ts'
import { refreshWords } from './store/refresh-words.ts'

export interface SeedOptions {
  pool: pg.Pool
  /** Time of the events. */
  now: Date
  /** How many synthetic patients; all 50,000 when not given. */
  patients?: number
}

export interface SeedReport {
  clinics: number
  specialties: number
  serviceTypes: number
  doctors: number
  patients: number
  events: number
}

const NOTHING: SeedReport = {
  clinics: 0,
  specialties: 0,
  serviceTypes: 0,
  doctors: 0,
  patients: 0,
  events: 0,
}

/**
 * Fills an installation with the demonstration network and tells the other services of it, in one transaction. Rows
 * that are there are left as they are. Running it again does nothing.
 */
export async function seedDirectory({ pool, now, patients }: SeedOptions): Promise<SeedReport> {
  return withTransaction(pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('directory seed'))`)
    if (await isSeeded(client)) return NOTHING
    return fill(client, now, patients)
  })
}

/** All of the seed is one transaction, so the last doctor stands for all of it. */
async function isSeeded(client: pg.ClientBase): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM doctor WHERE id = $1', [demoDoctors().at(-1)?.id])
  return rowCount === 1
}

async function fill(client: pg.ClientBase, now: Date, patientCount?: number): Promise<SeedReport> {
  const specialties = await addSpecialties(client, demoSpecialties())
  const serviceTypes = await addServiceTypes(client, demoServiceTypes())
  const clinics = await addClinics(client, demoClinics())
  const doctors = await addDoctors(client, demoDoctors())
  const patients = await addPatients(client, demoPatients(patientCount))
  await refreshWords(client, { doctorIds: doctors })
  const events = [
    ...snapshots('specialty', only(demoSpecialties(), specialties), now),
    ...snapshots('service-type', only(demoServiceTypes(), serviceTypes), now),
    ...snapshots('clinic', only(demoClinics(), clinics).map(clinicSnapshot), now),
    ...snapshots('doctor', only(demoDoctors(), doctors).map(doctorSnapshot), now),
    ...patientBatches(patients, now),
  ]
  await appendEvents(client, events)
  return {
    clinics: clinics.length,
    specialties: specialties.length,
    serviceTypes: serviceTypes.length,
    doctors: doctors.length,
    patients: patients.length,
    events: events.length,
  }
}

function clinicSnapshot({ id, version, active, name, city, state, zone }: DemoClinic): ClinicSnapshot {
  return { id, version, active, name, city, state, zone }
}

function doctorSnapshot(doctor: DemoDoctor): DoctorSnapshot {
  const { id, version, active, name, specialtyId, clinicIds, serviceIds, languages } = doctor
  return { id, version, active, name, specialtyId, clinicIds, serviceIds, languages }
}

function only<Row extends { id: string }>(rows: readonly Row[], ids: readonly string[]): Row[] {
  const added = new Set(ids)
  return rows.filter(({ id }) => added.has(id))
}

function snapshots(
  kind: DirectoryKind,
  rows: readonly { id: string; version: number }[],
  occurredAt: Date,
): OutgoingFact[] {
  return rows.map((data) => {
    const fact = { kind, id: data.id, version: data.version, data }
    return factEvent(fact, { eventId: demoId('event', `${kind} ${data.id}`), occurredAt })
  })
}

function patientBatches(ids: readonly string[], occurredAt: Date): OutgoingFact[] {
  const batches = Array.from({ length: Math.ceil(ids.length / PATIENTS_PER_EVENT) }, (_, index) =>
    ids.slice(index * PATIENTS_PER_EVENT, (index + 1) * PATIENTS_PER_EVENT),
  )
  return batches.map((batch, index) => {
    const id = demoId('event', `patients ${index}`)
    const data = { patients: batch.map((patient) => ({ id: patient, version: 1, active: true })) }
    return factEvent({ kind: 'patients', id, version: 1, data }, { eventId: id, occurredAt })
  })
}

/** `node services/directory/src/seed.ts`, with MIGRATION_DATABASE_URL or DATABASE_URL. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const owner = env.MIGRATION_DATABASE_URL
  const url = owner ?? env.DATABASE_URL
  if (url === undefined) throw new Error('MIGRATION_DATABASE_URL or DATABASE_URL must be set')
  if (owner !== undefined) await migrate({ url: owner, directory: `${import.meta.dirname}/../migrations` })
  const pool = createPool({ url, max: 1, name: 'directory-seed', statementTimeoutMs: 60_000 })
  try {
    const started = performance.now()
    const report = await seedDirectory({ pool, now: new Date() })
    console.log(
      JSON.stringify({ seeded: 'directory', ...report, ms: Math.round(performance.now() - started) }),
    )
  } finally {
    await pool.end()
  }
}

if (import.meta.main) await main(process.env)
