import { randomUUID } from 'node:crypto'

import { namesOf, partitionOf, streamsOf } from '@medqueue/contracts'
import { ensureStream } from '@medqueue/messaging'
import test, { type ExecutionContext } from 'ava'
import pg from 'pg'

import { encodeBatch } from '../src/intake/encoding.ts'
import type { QueuedRequest } from '../src/intake/order.ts'
import { fingerprintOf, requestIdOf } from '../src/intake/request-id.ts'
import { createWorld, type World } from './helpers/world.ts'

const seconds = (instant: string) => Date.parse(instant) / 1000

function requestFor(world: World, n: number, change: Partial<QueuedRequest> = {}): QueuedRequest {
  const { people } = world
  const patientId = people.patients[n % people.patients.length] ?? ''
  const order = {
    doctorId: people.doctors[0] ?? '',
    serviceId: people.consultation,
    patientId,
    startSeconds: seconds(world.slot(n)),
  }
  return {
    ...order,
    id: requestIdOf(patientId, randomUUID()),
    fingerprint: fingerprintOf(order),
    principalId: patientId,
    traceparent: '',
    ...change,
  }
}

async function publish(world: World, requests: QueuedRequest[], raw?: string): Promise<void> {
  const doctor = world.people.doctors[0] ?? ''
  const subject = namesOf(world.prefix).subjects.bookingRequests(partitionOf(doctor, 4))
  await world.broker.js.publish(subject, raw ?? encodeBatch('nobody', 1, requests))
}

/** The decisions on record once the number of them is there. */
async function decisions(t: ExecutionContext, world: World, count: number): Promise<Map<string, string>> {
  for (;;) {
    const { rows } = await world.pool.query<{ id: string; decision: string }>(
      'SELECT id, decision FROM booking_request',
    )
    if (rows.length >= count) return new Map(rows.map(({ id, decision }) => [id, decision]))
    t.timeout(20_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('what was queued while no worker ran is decided in order when one comes', async (t) => {
  const world = await createWorld(t)
  const same = Array.from({ length: 10 }, (_, n) =>
    requestFor(world, n, { startSeconds: seconds(world.slot(0)) }),
  )
  for (const one of same) await publish(world, [one])
  world.work()
  const made = await decisions(t, world, 10)
  t.deepEqual(
    same.map(({ id }) => made.get(id)),
    ['booked', ...Array.from({ length: 9 }, () => 'refused')],
  )
})

test('a message that comes twice has one effect', async (t) => {
  const world = await createWorld(t)
  const one = requestFor(world, 0)
  const last = requestFor(world, 1)
  await publish(world, [one])
  await publish(world, [one])
  await publish(world, [last])
  world.work()
  const made = await decisions(t, world, 2)
  t.is(made.get(one.id), 'booked')
  const { rows } = await world.pool.query<{ n: string }>('SELECT count(*) AS n FROM outbox')
  t.is(rows[0]?.n, '2')
})

const PRIVATE_ANSWER = JSON.stringify([{ key: 'allergies', label: 'Allergies', value: 'a private answer' }])

test('a request that cannot be decided is put aside and the others are decided', async (t) => {
  const world = await createWorld(t)
  const good = [0, 1, 2, 3, 4].map((n) => requestFor(world, n))
  const bad = requestFor(world, 5, {
    serviceId: 'not-a-uuid',
    message: 'something private',
    answered: PRIVATE_ANSWER,
  })
  await publish(world, [...good.slice(0, 3), bad, ...good.slice(3)])
  await publish(world, [], 'this is no batch')
  await publish(world, [], '{"replica":"x"}')
  await publish(
    world,
    [],
    JSON.stringify({ ...(JSON.parse(encodeBatch('x', 1, good)) as object), messages: {} }),
  )
  await publish(world, [requestFor(world, 6)])
  world.work()
  const made = await decisions(t, world, 7)
  t.is(made.get(bad.id), 'failed')
  t.true(good.every(({ id }) => made.get(id) === 'booked'))
  const { rows } = await world.pool.query<{ event: string }>(
    `SELECT event FROM outbox WHERE subject = 'dead-letter.booking-worker' ORDER BY id`,
  )
  const letters = rows.map(({ event }) => event)
  t.is(letters.length, 4)
  t.like(JSON.parse(letters[0] ?? ''), { requestId: bad.id, error: '22P02' })
  t.false(letters.some((letter) => letter.includes('private') || letter.includes('no batch')))
})

test('a schema that is not what the worker knows fails nobody: requests wait until it is put right', async (t) => {
  const world = await createWorld(t)
  const owner = new pg.Client({ connectionString: world.database.ownerUrl })
  await owner.connect()
  t.teardown(() => owner.end())
  await owner.query('ALTER TABLE service_type RENAME COLUMN approval TO approval_mode')
  const requests = [0, 1, 2, 3, 4].map((n) => requestFor(world, n))
  await publish(world, requests)
  let tries = 0
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }
  world.work({ logger: { ...silent, error: () => (tries += 1) } })
  while (tries < 3) await new Promise((resolve) => setImmediate(resolve))
  await owner.query('ALTER TABLE service_type RENAME COLUMN approval_mode TO approval')
  const made = await decisions(t, world, 5)
  t.deepEqual(new Set(made.values()), new Set(['booked']))
})

test('a worker purges nothing of a stream that was made anew', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix } = world
  const { streams } = namesOf(prefix)
  const worker = world.work()
  for (let n = 0; n < 10; n++) await publish(world, [requestFor(world, n)])
  await decisions(t, world, 10)
  // The stream is lost and made anew; what is stored in it from now on was acknowledged, and begins at one again.
  await broker.jsm.streams.delete(streams.bookingRequests)
  const { created } = await ensureStream(broker.jsm, streamsOf(prefix).bookingRequests)
  for (let n = 10; n < 15; n++) await publish(world, [requestFor(world, n)])
  await worker.stop()
  t.is((await broker.jsm.streams.info(streams.bookingRequests)).state.messages, 5)

  world.work({ streamCreatedAt: created })
  t.is((await decisions(t, world, 15)).size, 15)
})

test('a worker that has lost its lease writes nothing', async (t) => {
  const world = await createWorld(t)
  const doctor = world.people.doctors[0] ?? ''
  const first = world.work({ leaseTtlMs: 60_000 })
  await publish(world, [requestFor(world, 0)])
  await decisions(t, world, 1)
  // Another owner takes the partition under a new epoch and stands still.
  const partition = partitionOf(doctor, 4)
  await world.pool.query(
    `UPDATE partition_lease SET owner = 'other', epoch = epoch + 1, expires_at = now() + interval '1 hour' WHERE partition = $1`,
    [partition],
  )
  await publish(world, [requestFor(world, 1)])
  while (first.partitions().includes(partition)) await new Promise((resolve) => setImmediate(resolve))
  const { rows } = await world.pool.query<{ n: string }>('SELECT count(*) AS n FROM booking_request')
  t.is(rows[0]?.n, '1')
})

test('a second worker takes its fair share, and all of it when the first leaves', async (t) => {
  const world = await createWorld(t)
  const first = world.work()
  while (first.partitions().length < 4) await new Promise((resolve) => setImmediate(resolve))
  const second = world.work()
  while (first.partitions().length !== 2 || second.partitions().length !== 2) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  await first.stop()
  while (second.partitions().length < 4) await new Promise((resolve) => setImmediate(resolve))
  await publish(world, [requestFor(world, 0)])
  t.is((await decisions(t, world, 1)).size, 1)
})

test('a worker whose stream was made anew says so instead of reading on', async (t) => {
  const world = await createWorld(t)
  const replaced = new Promise<void>((resolve) => {
    world.work({ streamCreatedAt: '2020-01-01T00:00:00Z', onStreamReplaced: resolve })
  })
  await publish(world, [requestFor(world, 0)])
  await replaced
  t.is((await world.pool.query('SELECT 1 FROM booking_request')).rowCount, 0)
})

test('a queue that is full is told as 503 with Retry-After, and nothing is lost silently', async (t) => {
  const world = await createWorld(t, { queueMaxBytes: 4_096 })
  const { doctors, consultation, patients } = world.people
  const ask = (n: number) =>
    world.book(
      { doctorId: doctors[0], serviceId: consultation, start: world.slot(n) },
      { as: patients[n] ?? '', prefer: 'wait=0' },
    )
  const accepted: string[] = []
  for (let n = 0; ; n++) {
    t.true(n < 40, 'the queue has room for all')
    const answer = await ask(n % 12)
    const { id, code } = answer.json<{ id?: string; code?: string }>()
    if (answer.statusCode === 202 && id !== undefined) accepted.push(id)
    // A busy broker may not have answered in time; whether that one is stored nobody knows.
    else if (code === 'BOOKING_QUEUE_FULL') {
      t.is(answer.statusCode, 503)
      t.is(answer.headers['retry-after'], '5')
      break
    } else t.is(code, 'BOOKING_QUEUE_UNREACHABLE')
  }
  world.work()
  let made = new Map<string, string>()
  while (accepted.some((id) => !made.has(id))) made = await decisions(t, world, accepted.length)
  t.true(accepted.every((id) => ['booked', 'refused'].includes(made.get(id) ?? '')))
})

test('the same key while it is being decided is answered 409, with another body 422', async (t) => {
  const world = await createWorld(t)
  const { doctors, consultation } = world.people
  const body = { doctorId: doctors[0], serviceId: consultation, start: world.slot(0) }
  const key = randomUUID()
  const first = world.book(body, { key })
  const stream = `${world.prefix}_BOOKING_REQUESTS`
  while ((await world.broker.jsm.streams.info(stream)).state.messages === 0);
  const again = await world.book(body, { key })
  t.is(again.statusCode, 409)
  t.like(again.json(), { code: 'BOOKING_KEY_IN_FLIGHT' })
  t.is((await world.book({ ...body, message: 'other' }, { key })).statusCode, 422)
  world.work()
  t.is((await first).statusCode, 201)
})
