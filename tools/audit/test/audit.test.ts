import { randomUUID } from 'node:crypto'

import test from 'ava'

import { finds } from './helpers/expect.ts'
import { buildWorld } from './helpers/world.ts'

test('a clean history passes', async (t) => {
  const world = await buildWorld(t)
  const [doctor, patient] = [randomUUID(), randomUUID()]
  const first = await world.ask({ doctor, patient, at: 540, seq: 1, decidedAt: 1 })
  await world.ask({ doctor, at: 540, seq: 2, decidedAt: 2, decision: 'refused', reason: 'slot_taken' })
  await world.ask({ doctor, at: 560, seq: 3, decidedAt: 3, decision: 'refused', reason: 'slot_taken' })
  await world.ask({ patient, at: 550, seq: 4, decidedAt: 4, decision: 'refused', reason: 'patient_overlap' })
  await world.cancel(first, 20)
  const second = await world.ask({ doctor, at: 540, seq: 5, decidedAt: 30, decision: 'pending' })
  await world.ask({ doctor, at: 570, seq: 5, pos: 1, decidedAt: 30 })
  await world.ask({ seq: 6, decidedAt: 31, decision: 'failed' })
  await world.ask({ at: 100, seq: 7, decidedAt: 32, decision: 'refused', reason: 'outside_window' })
  const report = await world.audit([
    { status: 'booked', appointmentId: first.id, key: 'a' },
    { status: 'booked', appointmentId: first.id, key: 'a' },
    { status: 'cancelled', appointmentId: first.id },
    { status: 'queued', requestId: second.id, key: 'b' },
    { status: 'pending', appointmentId: second.id, key: 'b' },
    { status: 'refused' },
  ])
  finds(t, report, {})
  t.like(report, { settled: true, historyComplete: true, eventInversions: 0 })
  t.deepEqual(report.seen, { appointments: 3, requests: 8, events: 8, acknowledged: 6, queued: 0 })
})

test('an empty platform passes', async (t) => {
  const world = await buildWorld(t)
  finds(t, await world.audit(), {})
})

test('visits that only touch are no double booking', async (t) => {
  const world = await buildWorld(t)
  const [doctor, patient] = [randomUUID(), randomUUID()]
  await world.ask({ doctor, at: 540 })
  await world.ask({ doctor, at: 570 })
  await world.ask({ patient, at: 540 })
  await world.ask({ patient, at: 560 })
  finds(t, await world.audit(), {})
})

test('the constraints themselves refuse what the next tests plant', async (t) => {
  const world = await buildWorld(t)
  const doctor = randomUUID()
  await world.ask({ doctor, at: 540 })
  await t.throwsAsync(world.ask({ doctor, at: 560 }), { code: '23P01' })
})

test('a doctor booked twice is found, also when only the buffer is hurt', async (t) => {
  const world = await buildWorld(t)
  await world.db.query('ALTER TABLE appointment DROP CONSTRAINT appointment_doctor_free')
  const doctor = randomUUID()
  await world.ask({ doctor, at: 540 })
  await world.ask({ doctor, at: 560 })
  await world.ask({ doctor, at: 600, decision: 'pending' })
  await world.ask({ doctor, at: 600 })
  const report = await world.audit()
  finds(t, report, { doctor_double_booked: 2 })
  t.is(report.totals.doctor_double_bookings, 2)
})

test('a long visit that hides others behind it counts each of them', async (t) => {
  const world = await buildWorld(t)
  await world.db.query('ALTER TABLE appointment DROP CONSTRAINT appointment_doctor_free')
  await world.db.query('ALTER TABLE appointment DISABLE TRIGGER appointment_changed')
  const doctor = randomUUID()
  const long = await world.ask({ doctor, at: 540 }, ['event'])
  await world.db.query(
    `UPDATE appointment SET blocked = tstzrange(lower(blocked), lower(blocked) + '3 h') WHERE id = $1`,
    [long.id],
  )
  await world.publish(long, { type: 'booked' })
  for (const at of [580, 620, 660]) await world.ask({ doctor, at })
  finds(t, await world.audit(), { doctor_double_booked: 3 })
})

test('a patient booked twice at one time is found', async (t) => {
  const world = await buildWorld(t)
  await world.db.query('ALTER TABLE appointment DROP CONSTRAINT appointment_patient_free')
  const patient = randomUUID()
  await world.ask({ patient, at: 540 })
  await world.ask({ patient, at: 550 })
  finds(t, await world.audit(), { patient_double_booked: 1 })
})

test('a double booking that was cancelled since is found in the events', async (t) => {
  const world = await buildWorld(t)
  await world.db.query('ALTER TABLE appointment DROP CONSTRAINT appointment_doctor_free')
  await world.db.query('ALTER TABLE appointment DROP CONSTRAINT appointment_patient_free')
  const [doctor, patient] = [randomUUID(), randomUUID()]
  const first = await world.ask({ doctor, patient, at: 540, decidedAt: 1 })
  await world.ask({ doctor, patient, at: 540, decidedAt: 2 })
  await world.cancel(first, 3)
  finds(t, await world.audit(), { doctor_double_booked_before: 1, patient_double_booked_before: 1 })
})

test('a slot that was freed and booked again is no double booking', async (t) => {
  const world = await buildWorld(t)
  const doctor = randomUUID()
  const first = await world.ask({ doctor, decidedAt: 1 })
  await world.cancel(first, 2)
  await world.ask({ doctor, decidedAt: 3 })
  finds(t, await world.audit(), {})
})
