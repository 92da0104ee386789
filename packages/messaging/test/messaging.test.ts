import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

import { type EventEnvelope, namesOf, streamsOf } from '@medqueue/contracts'
import { createPool, withTransaction } from '@medqueue/database'
import { connectTestBroker, testPrefix } from '@medqueue/testing'
import test from 'ava'

import { appendEvents, assertDurable, ensureStream, startOutboxRelay, startProjection } from '../src/index.ts'
import { append, event, project, record, silent, world } from './helpers/world.ts'

test('events written in a transaction reach a projection once and in order', async (t) => {
  const w = await world(t)
  const events = Array.from({ length: 50 }, (_, n) => event(`d${n}`))
  for (const one of events) await append(w, [one])
  const relay = startOutboxRelay(w)
  await relay.drained()
  const projection = await project(w, record)
  await projection.caughtUp()
  const { rows } = await w.pool.query<{ event_id: string }>('SELECT event_id FROM seen ORDER BY n')
  t.deepEqual(
    rows.map((row) => row.event_id),
    events.map(({ id }) => id),
  )
  t.is((await w.pool.query('SELECT 1 FROM outbox')).rowCount, 0)
  await Promise.all([relay.stop(), projection.stop()])
})

test('what takes events together gets each once and in order, though some are told twice', async (t) => {
  const w = await world(t)
  const events = Array.from({ length: 150 }, (_, n) => event(`d${n % 7}`))
  await append(w, events)
  const relay = startOutboxRelay(w)
  await relay.drained()
  const { streams, subject } = namesOf(w.prefix)
  // What a relay that died after publishing tells again, beyond the time in which the stream remembers ids.
  for (const one of events.slice(0, 20)) {
    await w.broker.js.publish(subject(`directory.doctor.${one.subject}`), JSON.stringify(one))
  }
  const seen: string[] = []
  const batches: number[] = []
  const projection = await startProjection({
    ...w,
    stream: streams.directoryEvents,
    durable: `test-${w.prefix}`,
    subjects: [subject('directory.>')],
    handle: {
      together: async (_client, some) => {
        batches.push(some.length)
        seen.push(...some.map(({ id }) => id))
      },
    },
    gatherMs: 20,
  })
  await projection.caughtUp()
  t.deepEqual(
    seen,
    events.map(({ id }) => id),
  )
  t.true(batches.length < events.length)
  await Promise.all([relay.stop(), projection.stop()])
})

test('what comes during a transaction waits for others, too', async (t) => {
  const w = await world(t)
  const { streams, subject } = namesOf(w.prefix)
  const relay = startOutboxRelay(w)
  const [first, second, third] = [event('d1'), event('d2'), event('d3')]
  const begun = Promise.withResolvers<undefined>()
  const ended = Promise.withResolvers<undefined>()
  const batches: string[][] = []
  const together = async (_client: unknown, some: readonly { id: string }[]) => {
    batches.push(some.map(({ id }) => id))
    begun.resolve(undefined)
    await ended.promise
  }
  const projection = await startProjection({
    ...w,
    stream: streams.directoryEvents,
    durable: `test-${w.prefix}`,
    subjects: [subject('directory.>')],
    handle: { together },
    gatherMs: 1_000,
  })
  await append(w, [first])
  await begun.promise
  await append(w, [second])
  await relay.drained()
  const consumer = await w.broker.js.consumers.get(streams.directoryEvents, `test-${w.prefix}`)
  while ((await consumer.info()).num_ack_pending < 2) await delay(5)
  ended.resolve(undefined)
  await append(w, [third])
  await projection.caughtUp()
  t.deepEqual(batches, [[first.id], [second.id, third.id]])
  await Promise.all([relay.stop(), projection.stop()])
})

test('what rolls back is never told', async (t) => {
  const w = await world(t)
  const failing = withTransaction(w.pool, async (client) => {
    await appendEvents(client, [{ subject: 'directory.doctor.x', event: event('x') }])
    throw new Error('no')
  })
  await t.throwsAsync(failing)
  const relay = startOutboxRelay(w)
  await relay.drained()
  const info = await w.broker.jsm.streams.info(namesOf(w.prefix).streams.directoryEvents)
  t.is(info.state.messages, 0)
  await relay.stop()
})

test('a row whose transaction commits late is not skipped', async (t) => {
  const w = await world(t)
  const relay = startOutboxRelay(w)
  const slow = await w.pool.connect()
  await slow.query('BEGIN')
  await appendEvents(slow, [{ subject: 'directory.doctor.slow', event: event('slow') }])
  await append(w, [event('fast')])
  await relay.drained()
  await slow.query('COMMIT')
  slow.release()
  await relay.drained()
  const info = await w.broker.jsm.streams.info(namesOf(w.prefix).streams.directoryEvents)
  t.is(info.state.messages, 2)
  await relay.stop()
})

test('an event goes at once after quiet, and those that follow go together', async (t) => {
  const w = await world(t)
  const relay = startOutboxRelay({ ...w, gatherMs: 2_000 })
  const rounds: number[] = []
  const first = Promise.withResolvers<undefined>()
  relay.figures.onPublished = (count) => {
    rounds.push(count)
    first.resolve(undefined)
  }
  await append(w, [event('d0')])
  await first.promise
  for (const subject of ['d1', 'd2', 'd3', 'd4']) await append(w, [event(subject)])
  await relay.drained()
  t.deepEqual(rounds, [1, 4])
  await relay.stop()
})

test('two relays on one outbox publish each event once', async (t) => {
  const w = await world(t)
  const relays = [startOutboxRelay(w), startOutboxRelay(w)]
  await append(
    w,
    Array.from({ length: 300 }, (_, n) => event(`d${n}`)),
  )
  await Promise.any(relays.map((relay) => relay.drained()))
  const info = await w.broker.jsm.streams.info(namesOf(w.prefix).streams.directoryEvents)
  t.is(info.state.messages, 300)
  await Promise.all(relays.map((relay) => relay.stop()))
})

test('an event that is delivered twice has one effect', async (t) => {
  const w = await world(t)
  const one = event('d')
  const subject = namesOf(w.prefix).subjects.directory('doctor', 'd')
  for (let n = 0; n < 3; n++) await w.broker.js.publish(subject, JSON.stringify(one))
  const projection = await project(w, record)
  await projection.caughtUp()
  t.is((await w.pool.query('SELECT 1 FROM seen')).rowCount, 1)
  await projection.stop()
})

test('an event that always fails goes to the dead letters and the others go on', async (t) => {
  const w = await world(t)
  const subject = namesOf(w.prefix).subjects.directory('doctor', 'd')
  for (const name of ['good', 'bad', 'better'])
    await w.broker.js.publish(subject, JSON.stringify(event(name)))
  await w.broker.js.publish(subject, 'not even JSON')
  const counts = { taken: 0, failed: 0, buried: 0 }
  const projection = await project(w, async (client, one) => {
    if (one.subject === 'bad') throw new TypeError('cannot')
    await record(client, one)
  })
  const { figures } = projection
  figures.onTaken = () => (counts.taken += 1)
  figures.onFailed = () => (counts.failed += 1)
  figures.onBuried = () => (counts.buried += 1)
  await projection.caughtUp()
  const { rows } = await w.pool.query('SELECT subject FROM seen ORDER BY n')
  t.deepEqual(rows, [{ subject: 'good' }, { subject: 'better' }])
  t.deepEqual(counts, { taken: 2, failed: 10, buried: 2 })
  const info = await w.broker.jsm.streams.info(namesOf(w.prefix).streams.deadLetters)
  t.is(info.state.messages, 2)
  await projection.stop()
})

for (const [trouble, code] of [
  ['a full disk', '53100'],
  ['a statement that took too long', '57014'],
  ['a table that is not there yet', '42P01'],
] as const) {
  test(`an event waits for ${trouble} to pass, longer than a bad one is tried`, async (t) => {
    t.timeout(60_000)
    const w = await world(t)
    const { subject, streams } = namesOf(w.prefix)
    await w.broker.js.publish(subject('directory.doctor.x'), JSON.stringify(event('x')))
    let tries = 0
    const projection = await project(w, async (client, one) => {
      tries += 1
      if (tries <= 6) await client.query(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${code}'; END $$`)
      await record(client, one)
    })
    await projection.caughtUp()
    const { rowCount } = await w.pool.query('SELECT FROM seen')
    t.is(rowCount, 1)
    t.is((await w.broker.jsm.streams.info(streams.deadLetters)).state.messages, 0)
    await projection.stop()
  })
}

test('a dead letter names the event and repeats nothing of it', async (t) => {
  const w = await world(t)
  const { subject, streams } = namesOf(w.prefix)
  const private_ = { ...event('x'), data: { displayName: 'somebody' } }
  await w.broker.js.publish(subject('directory.doctor.x'), JSON.stringify(private_))
  const projection = await project(w, () => Promise.reject(new TypeError('somebody cannot')))
  await projection.caughtUp()
  const letter = await w.broker.jsm.streams.getMessage(streams.deadLetters, { seq: 1 })
  t.like(letter?.json(), { subject: subject('directory.doctor.x'), seq: 1, error: 'TypeError' })
  t.false(letter?.string().includes('somebody'))
  await projection.stop()
})

test('a relay that stands by tells the one that works, which does not wait for its next look', async (t) => {
  const w = await world(t)
  const hour = 3_600_000
  const works = startOutboxRelay({ ...w, pollMs: hour })
  t.teardown(() => works.stop())
  await works.drained()
  const standsBy = startOutboxRelay({ ...w, pollMs: hour })
  t.teardown(() => standsBy.stop())
  const projection = await project(w, record)
  t.teardown(() => projection.stop())
  await w.broker.nc.flush()

  const { subject } = namesOf(w.prefix)
  const told = w.broker.nc.subscribe(subject('directory.doctor.x'), { max: 1 })
  await w.broker.nc.flush()
  await withTransaction(w.pool, (client) =>
    client.query('INSERT INTO outbox (event_id, subject, event) VALUES ($1, $2, $3)', [
      randomUUID(),
      'directory.doctor.x',
      JSON.stringify(event('x')),
    ]),
  )
  standsBy.wake()
  for await (const message of told) t.is(message.json<EventEnvelope>().subject, 'x')
})

test('a commit wakes the relays of its own database and no others', async (t) => {
  const broker = await connectTestBroker(t)
  const prefix = testPrefix(t)
  const woken: string[] = []
  broker.nc.subscribe(namesOf(prefix).subject('outbox.committed.>'), {
    callback: (_error, { subject }) => {
      woken.push(subject)
    },
  })
  for (const name of ['booking', 'directory']) {
    // Nobody listens there, so that it stands by.
    const pool = createPool({ url: () => `postgres://nobody@127.0.0.1:1/${name}`, max: 1, name: 'test' })
    const relay = startOutboxRelay({ pool, broker, prefix, logger: silent })
    t.teardown(async () => {
      await relay.stop()
      await pool.end()
    })
    relay.wake()
  }
  await broker.nc.flush()
  const subject = (name: string) => namesOf(prefix).subject(`outbox.committed.${name}`)
  t.deepEqual(woken, [subject('booking'), subject('directory')])
})

test('a broker that acknowledges before it syncs is refused with what to change', async (t) => {
  const answers = (varz: object) =>
    new Promise<string>((resolve) => {
      const server = createServer((_request, response) => response.end(JSON.stringify(varz)))
      t.teardown(() => void server.close())
      server.listen(0, '127.0.0.1', () =>
        resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      )
    })
  const lazy = await answers({ jetstream: { config: { store_dir: '/x', sync_interval: 120_000_000_000 } } })
  const error = await t.throwsAsync(assertDurable(lazy, 1_000), { code: 'BROKER_NOT_DURABLE' })
  t.regex(error.message, /sync_interval: always/)
  await t.throwsAsync(assertDurable(await answers({}), 1_000), { code: 'BROKER_WITHOUT_JETSTREAM' })
  await t.throwsAsync(assertDurable('http://127.0.0.1:1', 0), { code: 'BROKER_UNREACHABLE' })
})

test('a stream in memory is refused', async (t) => {
  const w = await world(t)
  const definition = streamsOf(w.prefix).scheduleEvents
  await w.broker.jsm.streams.add({ name: definition.name, subjects: definition.subjects, storage: 'memory' })
  await t.throwsAsync(ensureStream(w.broker.jsm, definition), { code: 'STREAM_NOT_DURABLE' })
})
