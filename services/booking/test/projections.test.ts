import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import type { EventEnvelope } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import { createTestDatabase, fileScope, type TestDatabase } from '@medqueue/testing'
import test from 'ava'

import { projectDirectory } from '../src/projections/directory.ts'
import { projectWindows } from '../src/projections/windows.ts'

const scope = fileScope(test)
let database: TestDatabase

test.before(async () => {
  database = await createTestDatabase(scope, join(import.meta.dirname, '../migrations'))
})

const event = (type: string, data: object): EventEnvelope => ({
  id: randomUUID(),
  type,
  source: 'test',
  subject: 'x',
  version: 1,
  occurredAt: '2027-01-01T00:00:00Z',
  data,
})

const directory = (type: string, data: object) =>
  withTransaction(database.pool, (client) =>
    projectDirectory(client, event(`directory.${type}.changed`, data)),
  )

const windows = (data: object) =>
  withTransaction(database.pool, (client) => projectWindows(client, event('schedule.windows.changed', data)))

const doctor = (id: string, version: number, active: boolean) => ({
  id,
  version,
  active,
  name: `version ${version}`,
  specialtyId: randomUUID(),
  clinicIds: [],
  serviceIds: [randomUUID()],
})

test('the highest version of a doctor wins, in whatever order versions come', async (t) => {
  const id = randomUUID()
  for (const version of [2, 1, 3, 3, 2]) await directory('doctor', doctor(id, version, version === 3))
  const { rows } = await database.pool.query('SELECT version, active, name FROM doctor WHERE id = $1', [id])
  t.deepEqual(rows, [{ version: 3, active: true, name: 'version 3' }])
})

test('a clinic has its state, and a specialty its name, and the highest version wins', async (t) => {
  const [clinic, specialty] = [randomUUID(), randomUUID()]
  const place = { id: clinic, active: true, name: 'Clinic', city: 'Vitória', zone: 'UTC' }
  for (const [version, state] of ['ES', 'RJ', 'ES'].entries())
    await directory('clinic', { ...place, version: [1, 3, 2][version], state })
  for (const version of [2, 1])
    await directory('specialty', { id: specialty, version, active: true, name: `version ${version}` })
  const { rows } = await database.pool.query(
    'SELECT c.state, s.name FROM clinic c, specialty s WHERE c.id = $1 AND s.id = $2',
    [clinic, specialty],
  )
  t.deepEqual(rows, [{ state: 'RJ', name: 'version 2' }])
})

test('patients come in lists, and one twice in a list is taken once', async (t) => {
  const [a, b] = [randomUUID(), randomUUID()]
  await directory('patients', {
    patients: [
      { id: a, version: 1, active: true },
      { id: b, version: 1, active: true },
      { id: a, version: 2, active: false },
    ],
  })
  const { rows } = await database.pool.query('SELECT active FROM patient WHERE id = $1', [a])
  t.deepEqual(rows, [{ active: false }])
})

const window = (day: number) => ({
  start: `2027-01-0${day}T08:00:00Z`,
  end: `2027-01-0${day}T12:00:00Z`,
  clinicId: randomUUID(),
})

test('a publication replaces the windows of its range and leaves the others', async (t) => {
  const doctorId = randomUUID()
  const starts = async () => {
    const { rows } = await database.pool.query<{ d: string }>(
      `SELECT to_char(starts_at AT TIME ZONE 'UTC', 'DD') AS d FROM doctor_window WHERE doctor_id = $1 ORDER BY 1`,
      [doctorId],
    )
    return rows.map(({ d }) => Number(d))
  }
  const publish = (version: number, from: number, to: number, days: number[]) =>
    windows({
      doctorId,
      version,
      from: `2027-01-0${from}T00:00:00Z`,
      to: `2027-01-0${to}T00:00:00Z`,
      windows: days.map(window),
    })
  await publish(1, 1, 7, [1, 2, 3, 5])
  await publish(3, 2, 4, [2])
  await publish(2, 1, 7, [4])
  t.deepEqual(await starts(), [1, 2, 5])
})

test('an event that does not fit its schema is an error, not a row', async (t) => {
  await t.throwsAsync(directory('doctor', { id: 'x' }))
  await t.throwsAsync(windows({ doctorId: randomUUID() }))
  await t.notThrowsAsync(directory('something-new', {}))
})
