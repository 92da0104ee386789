import {
  ClinicSnapshot,
  DoctorSnapshot,
  type EventEnvelope,
  PatientsChanged,
  ServiceTypeSnapshot,
  SpecialtySnapshot,
} from '@medqueue/contracts'
import { demoDoctors, demoPatients } from '@medqueue/demo-data'
import test, { type ExecutionContext } from 'ava'
import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'

import { seedDirectory } from '../src/seed.ts'
import { send } from './helpers/send.ts'
import { createWorld } from './helpers/world.ts'

const now = new Date('2027-03-01T09:00:00Z')
const PATIENTS = 1_201

async function createSeededWorld(t: ExecutionContext) {
  const world = await createWorld(t)
  const { pool } = world.database
  const report = await seedDirectory({ pool, now, patients: PATIENTS })
  const { rows } = await pool.query<{ subject: string; event: string }>(
    'SELECT subject, event FROM outbox ORDER BY id',
  )
  const events = rows.map(({ subject, event }) => ({ subject, event: JSON.parse(event) as EventEnvelope }))
  return { world, pool, report, events }
}

const SNAPSHOTS: Record<string, TSchema> = {
  'directory.specialty.changed': SpecialtySnapshot,
  'directory.service-type.changed': ServiceTypeSnapshot,
  'directory.clinic.changed': ClinicSnapshot,
  'directory.doctor.changed': DoctorSnapshot,
  'directory.patients.changed': PatientsChanged,
}

test('the seed makes the whole network and tells of every row of it', async (t) => {
  const { report, events } = await createSeededWorld(t)
  t.deepEqual(report, {
    clinics: 80,
    specialties: 12,
    serviceTypes: 5,
    doctors: 400,
    patients: PATIENTS,
    events: 80 + 12 + 5 + 400 + 3,
  })
  t.is(events.length, report.events)
  for (const { event } of events) t.true(Check(SNAPSHOTS[event.type] ?? {}, event.data), event.type)
  t.is(new Set(events.map(({ event }) => event.id)).size, events.length)
})

test('patients are told of in lists of at most 500, each exactly once', async (t) => {
  const { events } = await createSeededWorld(t)
  const lists = events
    .filter(({ event }) => event.type === 'directory.patients.changed')
    .map(({ event }) => (event.data as PatientsChanged).patients.map(({ id }) => id))
  t.deepEqual(
    lists.map(({ length }) => length),
    [500, 500, 201],
  )
  t.deepEqual(
    lists.flat().toSorted(),
    demoPatients(PATIENTS)
      .map(({ id }) => id)
      .toSorted(),
  )
})

test('no name travels in events about patients', async (t) => {
  const { events } = await createSeededWorld(t)
  t.false(JSON.stringify(events).includes('Patient 0'))
})

test('a second seed changes nothing', async (t) => {
  const { pool, events } = await createSeededWorld(t)
  const report = await seedDirectory({ pool, now, patients: PATIENTS })
  t.is(report.events, 0)
  const { rows } = await pool.query<{ count: number }>('SELECT count(*)::int AS count FROM outbox')
  t.is(rows[0]?.count, events.length)
})

test('two seeds at once make one network', async (t) => {
  const world = await createWorld(t)
  const { pool } = world.database
  const reports = await Promise.all([1, 2].map(async () => seedDirectory({ pool, now, patients: 10 })))
  t.deepEqual(reports.map(({ doctors }) => doctors).toSorted(), [0, 400])
})

test('a patient who was there before is kept and not told of again', async (t) => {
  const world = await createWorld(t)
  const [first] = demoPatients(1)
  const body = { id: first?.id, name: 'Patient Before' }
  await send(world, 'POST', '/v1/patients', { headers: world.as('admin'), body })
  const report = await seedDirectory({ pool: world.database.pool, now, patients: 10 })
  t.is(report.patients, 9)
  const kept = await send(world, 'GET', `/v1/patients/${String(first?.id)}`, { headers: world.as('admin') })
  t.is(kept.body.name, 'Patient Before')
})

test('seeded doctors are found as they are', async (t) => {
  const { world } = await createSeededWorld(t)
  const wanted = demoDoctors()[21]
  const { body } = await send(world, 'GET', '/v1/doctors?q=jacaranda+022')
  const [found] = body.items as Record<string, unknown>[]
  t.like(found, {
    id: wanted?.id,
    name: 'Dr. Jacarandá 022',
    clinicIds: wanted?.clinicIds,
    serviceIds: wanted?.serviceIds,
  })
})
