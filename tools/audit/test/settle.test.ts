import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'

import { testServers } from '@medqueue/testing'
import test from 'ava'
import pg from 'pg'

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

test('a connection that is cut in the middle is an error, and no finding', async (t) => {
  const world = await buildWorld(t)
  const admin = new pg.Client({ connectionString: testServers().postgresUrl })
  await admin.connect()
  t.teardown(async () => admin.end())
  await world.db.query('BEGIN')
  await world.db.query('LOCK TABLE appointment IN ACCESS EXCLUSIVE MODE')
  const auditing = t.throwsAsync(audit({ ...world.place, settleMs: 0 }), { message: /terminat/ })
  const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = $1 AND application_name = 'audit' AND wait_event_type = 'Lock'`
  const database = new URL(world.place.databaseUrl).pathname.slice(1)
  const until = Date.now() + 20_000
  while ((await admin.query(cut, [database])).rowCount === 0 && Date.now() < until) await setImmediate()
  await world.db.query('ROLLBACK')
  await auditing
})
