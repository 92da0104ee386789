import { randomUUID } from 'node:crypto'

import test from 'ava'

import { finds } from './helpers/expect.ts'
import { buildWorld } from './helpers/world.ts'

test('one key answered with two ids is found', async (t) => {
  const world = await buildWorld(t)
  const [one, other] = [await world.ask({}), await world.ask({})]
  const report = await world.audit([
    { status: 'booked', appointmentId: one.id, key: 'same' },
    { status: 'booked', appointmentId: other.id, key: 'same' },
  ])
  finds(t, report, { key_with_two_requests: 1 })
  t.is(report.totals.duplicate_effects, 1)
})

test('a decision told by two different events is found', async (t) => {
  const world = await buildWorld(t)
  const booked = await world.ask({})
  await world.publish(booked, { type: 'booked' })
  finds(t, await world.audit(), { request_announced_twice: 1 })
})

test('a second copy of the same event is none', async (t) => {
  const world = await buildWorld(t)
  const booked = await world.ask({}, ['event'])
  const id = randomUUID()
  await world.publish(booked, { type: 'booked', id })
  await world.publish(booked, { type: 'booked', id })
  const report = await world.audit()
  finds(t, report, {})
  t.is(report.seen.events, 1)
})

test('rows that are there twice are found without the primary key', async (t) => {
  const world = await buildWorld(t)
  await world.db.query('ALTER TABLE appointment DROP CONSTRAINT appointment_pkey')
  await world.db.query('ALTER TABLE appointment DROP CONSTRAINT appointment_doctor_free')
  await world.db.query('ALTER TABLE appointment DROP CONSTRAINT appointment_patient_free')
  await world.db.query('ALTER TABLE booking_request DROP CONSTRAINT booking_request_pkey')
  await world.ask({})
  await world.db.query(
    'ALTER TABLE appointment_event DROP CONSTRAINT appointment_event_appointment_id_version_key',
  )
  const columns =
    'id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status, created_at, updated_at'
  await world.db.query(`INSERT INTO appointment (${columns}) SELECT ${columns} FROM appointment`)
  await world.db.query('INSERT INTO booking_request SELECT * FROM booking_request')
  finds(t, await world.audit(), {
    doctor_double_booked: 1,
    patient_double_booked: 1,
    appointment_twice: 1,
    request_decided_twice: 1,
    place_used_twice: 1,
  })
})

test('an appointment that nobody decided is found', async (t) => {
  const world = await buildWorld(t)
  await world.ask({}, ['request'])
  const refused = await world.ask({ decision: 'refused', reason: 'in_the_past' })
  await world.ask({ id: refused.id }, ['request', 'event'])
  finds(t, await world.audit(), { appointment_without_request: 2 })
})

test('an event of something that has no row is found', async (t) => {
  const world = await buildWorld(t)
  await world.ask({}, ['request', 'appointment'])
  await world.ask({ decision: 'refused', reason: 'in_the_past' }, ['request'])
  finds(t, await world.audit(), { event_without_row: 2 })
})

test('events and rows that differ are found, with both values', async (t) => {
  const world = await buildWorld(t)
  const moved = await world.ask({}, ['event'])
  await world.publish({ ...moved, at: moved.at + 60 }, { type: 'booked' })
  const cancelled = await world.ask({})
  await world.cancel(cancelled, 60, ['row'])
  const report = await world.audit()
  finds(t, report, { event_disagrees: 2 })
  const examples = report.findings.find(({ kind }) => kind === 'event_disagrees')?.examples ?? []
  t.like(
    examples.find(({ appointment }) => appointment === cancelled.id),
    { statusInEvents: 'cancelled', statusInRow: 'booked', versionInEvents: 2, versionInRow: 1 },
  )
})

test('an approval changes row and events alike', async (t) => {
  const world = await buildWorld(t)
  const pending = await world.ask({ decision: 'pending', decidedAt: 1 })
  await world.db.query(`UPDATE appointment SET status = 'booked', version = 2 WHERE id = $1`, [pending.id])
  await world.publish(pending, { type: 'approved', version: 2, at: 5, data: { status: 'booked' } })
  finds(t, await world.audit([{ status: 'pending', appointmentId: pending.id }]), {})
})
