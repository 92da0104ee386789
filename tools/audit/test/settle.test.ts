import { randomUUID } from 'node:crypto'

import test from 'ava'

import { audit } from '../src/index.ts'
import { finds } from './helpers/expect.ts'
import { buildWorld } from './helpers/world.ts'

test('waits until the outbox is empty and the queue is decided', async (t) => {
  const world = await buildWorld(t)
  const booked = await world.ask({ seq: 1 }, ['event'])
  await world.db.query('UPDATE partition_lease SET committed_seq = 0')
  await world.db.query(
    `INSERT INTO outbox (event_id, subject, event) VALUES ($1, 'appointment.booked.x.y', $2)`,
    [randomUUID(), JSON.stringify({ subject: booked.id })],
  )
  await world.queue([booked.id], 0)
  const auditing = audit({ ...world.place, settleMs: 20_000 })
  await world.publish(booked, { type: 'booked' })
  await world.db.query('UPDATE partition_lease SET committed_seq = 1')
  await world.db.query('DELETE FROM outbox')
  const report = await auditing
  finds(t, report, {})
  t.true(report.settled)
})

test('an audit without its streams says so', async (t) => {
  const world = await buildWorld(t)
  await t.throwsAsync(audit({ ...world.place, prefix: 'nowhere', settleMs: 0 }), {
    code: 'AUDIT_STREAM_MISSING',
  })
})
