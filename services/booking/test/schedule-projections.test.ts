import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import type { EventEnvelope } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import { createTestDatabase, fileScope, type TestDatabase } from '@medqueue/testing'
import test from 'ava'

import { projectDirectory } from '../src/projections/directory.ts'
import { projectResources } from '../src/projections/resources.ts'
import { projectWindows } from '../src/projections/windows.ts'

const scope = fileScope(test)
let database: TestDatabase

test.before(async () => {
  database = await createTestDatabase(scope, join(import.meta.dirname, '../migrations'))
})

const event = (type: string, data: object): EventEnvelope => {
  const head = { id: randomUUID(), source: 'test', subject: 'x', version: 1 }
  return { ...head, type, occurredAt: '2027-01-01T00:00:00Z', data }
}
const take = async (
  project: (client: never, event: EventEnvelope) => Promise<void>,
  type: string,
  data: object,
) => withTransaction(database.pool, (client) => project(client as never, event(type, data)))
const all = async (text: string, id: string) => (await database.pool.query<object>(text, [id])).rows

const service = (id: string, version: number, more: object = {}) => {
  const rules = { durationMinutes: 20, bufferAfterMinutes: 0, alignmentMinutes: 20, minimumNoticeMinutes: 0 }
  return { id, version, active: true, name: 'Class', ...rules, horizonDays: 90, approval: 'manual', ...more }
}
const RULES = `SELECT extract(epoch FROM buffer_before)::int / 60 AS before, capacity, room_kind, device_kind,
  extract(epoch FROM cancel_notice)::int / 60 AS notice, extract(epoch FROM approval_timeout)::int / 60 AS timeout,
  max_open, request_fields FROM service_type WHERE id = $1`

test('a service type comes with its rules, and one told of before there were any has the defaults', async (t) => {
  const id = randomUUID()
  await take(projectDirectory, 'directory.service-type.changed', service(id, 1))
  const none = { before: 0, capacity: 1, room_kind: null, device_kind: null }
  t.deepEqual(await all(RULES, id), [
    { ...none, notice: 0, timeout: 1_440, max_open: null, request_fields: [] },
  ])

  const requestFields = [{ key: 'weeks', label: 'Weeks', kind: 'number', required: true }]
  const kinds = { roomKind: 'group-room', deviceKind: 'projector' }
  const times = { bufferBeforeMinutes: 15, cancelNoticeMinutes: 1_440, approvalTimeoutMinutes: 90 }
  const more = { ...kinds, ...times, capacity: 12, maxOpen: 2, requestFields }
  await take(projectDirectory, 'directory.service-type.changed', service(id, 2, more))
  const rules = { before: 15, capacity: 12, room_kind: 'group-room', device_kind: 'projector' }
  t.deepEqual(await all(RULES, id), [
    { ...rules, notice: 1_440, timeout: 90, max_open: 2, request_fields: requestFields },
  ])
})

test('a doctor comes with languages, none when the event is from before', async (t) => {
  const id = randomUUID()
  const doctor = {
    id,
    active: true,
    name: 'Dr. Fern',
    specialtyId: randomUUID(),
    clinicIds: [],
    serviceIds: [],
  }
  const languages = async () => all('SELECT languages FROM doctor WHERE id = $1', id)
  await take(projectDirectory, 'directory.doctor.changed', { ...doctor, version: 1 })
  t.deepEqual(await languages(), [{ languages: [] }])
  await take(projectDirectory, 'directory.doctor.changed', {
    ...doctor,
    version: 2,
    languages: ['pt-BR', 'bzs'],
  })
  t.deepEqual(await languages(), [{ languages: ['pt-BR', 'bzs'] }])
})

test('the highest version of a room wins, in whatever order versions come', async (t) => {
  const [id, clinicId] = [randomUUID(), randomUUID()]
  for (const version of [2, 1, 3, 3, 2]) {
    const room = {
      id,
      version,
      active: version === 3,
      kind: 'ultrasound',
      clinicId,
      name: `version ${version}`,
    }
    await take(projectResources, 'schedule.resource.changed', room)
  }
  const text = 'SELECT version, active, kind, clinic_id, name FROM bookable_resource WHERE id = $1'
  const last = { version: 3, active: true, kind: 'ultrasound', clinic_id: clinicId, name: 'version 3' }
  t.deepEqual(await all(text, id), [last])
})

test('the notes of the latest publication are the only ones', async (t) => {
  const [doctorId, clinicId] = [randomUUID(), randomUUID()]
  const note = (reason: string, day: number) => {
    return { start: `2027-01-0${day}T03:00:00Z`, end: `2027-01-0${day + 1}T03:00:00Z`, clinicId, reason }
  }
  const publish = async (version: number, notes?: object[]) => {
    const range = { from: '2027-01-01T00:00:00Z', to: '2027-02-01T00:00:00Z' }
    await take(projectWindows, 'schedule.windows.changed', {
      doctorId,
      version,
      ...range,
      windows: [],
      notes,
    })
  }
  const reasons = async () =>
    all('SELECT reason, clinic_id FROM window_note WHERE doctor_id = $1 ORDER BY starts_at', doctorId)

  await publish(1, [note('Holiday', 1), note('Works on the roof', 3)])
  t.deepEqual(await reasons(), [
    { reason: 'Holiday', clinic_id: clinicId },
    { reason: 'Works on the roof', clinic_id: clinicId },
  ])
  await publish(3, [note('Works on the roof', 4)])
  await publish(2, [note('Holiday', 1)])
  t.deepEqual(await reasons(), [{ reason: 'Works on the roof', clinic_id: clinicId }])
  await publish(4)
  t.deepEqual(await reasons(), [])
})
