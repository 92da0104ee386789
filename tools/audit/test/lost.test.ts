import { randomUUID } from 'node:crypto'

import test from 'ava'

import { finds } from './helpers/expect.ts'
import { buildWorld } from './helpers/world.ts'

test('an acknowledged request without a decision is lost', async (t) => {
  const world = await buildWorld(t)
  finds(t, await world.audit([{ status: 'queued', requestId: randomUUID(), key: 'k' }]), {
    acknowledged_without_decision: 1,
  })
})

test('an appointment that was promised and is not there is lost', async (t) => {
  const world = await buildWorld(t)
  const refused = await world.ask({ decision: 'refused', reason: 'outside_window' })
  const report = await world.audit([
    { status: 'booked', appointmentId: randomUUID() },
    { status: 'pending', appointmentId: refused.id },
    { status: 'cancelled', appointmentId: randomUUID() },
  ])
  finds(t, report, { acknowledged_without_appointment: 3 })
  t.is(report.totals.lost, 3)
})

test('what came of a hold is there, whether one was told of the request or of the appointment', async (t) => {
  const world = await buildWorld(t)
  const [held, requestId] = [await world.ask({}), randomUUID()]
  await world.db.query('UPDATE booking_request SET id = $2, appointment_id = id WHERE id = $1', [
    held.id,
    requestId,
  ])
  const report = await world.audit([
    { status: 'booked', requestId },
    { status: 'booked', appointmentId: held.id },
  ])
  finds(t, report, {})
})

test('an answer that differs from the record is found', async (t) => {
  const world = await buildWorld(t)
  const pending = await world.ask({ decision: 'pending' })
  const booked = await world.ask({})
  const report = await world.audit([
    { status: 'booked', appointmentId: pending.id },
    { status: 'refused', requestId: booked.id },
  ])
  finds(t, report, { acknowledged_otherwise: 2 })
})

test('a confirmed cancellation that did not happen is lost', async (t) => {
  const world = await buildWorld(t)
  const booked = await world.ask({})
  finds(t, await world.audit([{ status: 'cancelled', appointmentId: booked.id }]), { cancellation_lost: 1 })
})

test('a request that the queue counts as done and nobody decided is lost', async (t) => {
  const world = await buildWorld(t)
  const decided = await world.ask({ seq: 1 })
  await world.queue([decided.id, randomUUID(), randomUUID()], 0)
  finds(t, await world.audit(), { committed_without_decision: 2 })
})

test('a request that still waits after the time to settle is told', async (t) => {
  const world = await buildWorld(t)
  await world.db.query('UPDATE partition_lease SET committed_seq = 0')
  const id = randomUUID()
  await world.queue([id], 3)
  const report = await world.audit([{ status: 'queued', requestId: id }])
  finds(t, report, { still_queued: 1 })
  t.false(report.settled)
})

test('what the queue holds of another stream counts from the beginning', async (t) => {
  const world = await buildWorld(t)
  await world.db.query(`UPDATE partition_lease SET stream_created_at = '2020-01-01T00:00:00Z'`)
  await world.queue([randomUUID()], 0)
  finds(t, await world.audit(), { still_queued: 1 })
})

test('a request decided booked without an appointment is lost', async (t) => {
  const world = await buildWorld(t)
  const booked = await world.ask({}, ['appointment', 'event'])
  await world.publish({ ...booked, reason: 'slot_taken', decision: 'refused' }, { type: 'refused' })
  finds(t, await world.audit(), { booked_without_appointment: 1, event_disagrees: 1 })
})

test('a decision that was never told is found', async (t) => {
  const world = await buildWorld(t)
  await world.ask({}, ['event'])
  await world.ask({ decision: 'refused', reason: 'in_the_past' }, ['event'])
  finds(t, await world.audit(), { event_missing: 2 })
})

test('a cancellation that was never told is found', async (t) => {
  const world = await buildWorld(t)
  const booked = await world.ask({ decidedAt: 1 })
  await world.cancel(booked, 5, ['event'])
  finds(t, await world.audit(), { event_missing: 1 })
})

test('an event that never left the outbox is told once, not as missing', async (t) => {
  const world = await buildWorld(t)
  const booked = await world.ask({}, ['event'])
  await world.db.query(
    `INSERT INTO outbox (event_id, subject, event) VALUES ($1, 'appointment.booked.x.y', $2)`,
    [randomUUID(), JSON.stringify({ subject: booked.id })],
  )
  finds(t, await world.audit(), { unpublished_event: 1 })
})

test('missing events are not counted when the stream has dropped its beginning', async (t) => {
  const world = await buildWorld(t)
  const old = await world.ask({})
  await world.ask({})
  const stream = `${world.prefix}_APPOINTMENT_EVENTS`
  await world.broker.jsm.streams.purge(stream, { seq: 2 })
  const report = await world.audit([{ status: 'booked', appointmentId: old.id }])
  finds(t, report, {})
  t.false(report.historyComplete)
})
