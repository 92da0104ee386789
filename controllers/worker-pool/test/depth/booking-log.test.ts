import { namesOf, scalingSubjectsOf, streamsOf } from '@medqueue/contracts'
import { ensureStream } from '@medqueue/messaging'
import { FakeClock } from '@medqueue/operator-kit/testing'
import test, { type ExecutionContext } from 'ava'

import { BookingLogSource } from '../../src/depth/booking-log.ts'
import { FakeWorker } from '../helpers/fake-worker.ts'
import { createWorld, KEY, sourceContext, until, type World } from '../helpers/world.ts'

const PARTITIONS = 4

interface Log extends World {
  source: BookingLogSource
  signals: () => number
  /** An api replica stores so many messages with so many requests each, and says so. */
  store: (messages: number, requests: number, partition?: number) => Promise<void>
  worker: (pod: string, partitions: number[], depth: number) => FakeWorker
}

async function open(t: ExecutionContext, before?: (world: World) => Promise<void>): Promise<Log> {
  const world = await createWorld(t)
  const { broker, prefix } = world
  const { subjects } = namesOf(prefix)
  const { bookingRequests } = streamsOf(prefix)
  await ensureStream(broker.jsm, bookingRequests)
  await before?.(world)
  const { context, signals } = sourceContext(world)
  const source = new BookingLogSource(context, {
    stream: bookingRequests.name,
    partitions: PARTITIONS,
    subjectOf: subjects.bookingRequests,
  })
  t.teardown(() => source.close())
  await broker.nc.flush()
  return {
    ...world,
    source,
    signals,
    store: async (messages, requests, partition = 0) => {
      for (let n = 0; n < messages; n++) await broker.js.publish(subjects.bookingRequests(partition), 'x')
      const wake = { replica: 'r', count: messages * requests, messages }
      broker.nc.publish(scalingSubjectsOf(prefix).wake(KEY.name), JSON.stringify(wake))
    },
    worker: (pod, partitions, depth) =>
      new FakeWorker(t, { broker, prefix, pod, heartbeat: { partitions, depth, inflight: 1 } }),
  }
}

test('with no worker, what the broker counts is what waits', async (t) => {
  const { source } = await open(t, async ({ broker, prefix }) => {
    for (let n = 0; n < 3; n++) await broker.js.publish(`${prefix}.booking.requests.1`, 'x')
  })
  await until(() => source.read() !== undefined)
  t.like(source.read(), { depth: 3, parallelism: PARTITIONS })
})

test('a wake-up counts at once, in requests', async (t) => {
  const { source, store, signals } = await open(t)
  await until(() => source.read() !== undefined)
  const before = signals()
  await store(2, 100)
  await until(() => source.read()?.depth === 200)
  t.is(source.read()?.arrivals, 200)
  t.is(signals(), before + 1)
})

test('workers that read every partition say what waits; the broker is not asked', async (t) => {
  const { source, worker } = await open(t, async ({ broker, prefix }) => {
    for (let n = 0; n < 9; n++) await broker.js.publish(`${prefix}.booking.requests.1`, 'x')
  })
  const before = performance.now()
  worker('a', [0, 1], 40)
  worker('b', [2, 3], 2)
  await until(() => source.read()?.depth === 44)
  t.is(source.read()?.inflight, 2)
  t.true((source.read()?.freshAt ?? 0) >= before)
})

test('what the last worker did before it left no longer waits, whenever the broker was asked', async (t) => {
  const { source, worker, store } = await open(t)
  await until(() => source.read() !== undefined)
  await store(2, 10)
  await until(() => source.read()?.depth === 20)
  const last = worker('a', [0, 1, 2, 3], 20)
  await until(() => source.worker('a') !== undefined)

  last.say({ served: 20, depth: 0, inflight: 0 })
  last.say({ partitions: [], draining: true, drained: true })
  await until(() => source.worker('a')?.drained === true)

  t.is(source.read()?.depth, 0)
  await store(1, 3)
  await until(() => source.read()?.depth === 3)
})

test('a worker that has something to do brings its pool to be looked at; an idle one does not', async (t) => {
  const { source, broker, prefix, signals } = await open(t)
  await until(() => source.read() !== undefined)
  const before = signals()
  const heartbeat = { partitions: [0, 1, 2, 3], depth: 0 }
  const worker = new FakeWorker(t, { broker, prefix, pod: 'a', heartbeat })
  await until(() => source.worker('a') !== undefined)
  t.is(signals(), before)
  worker.say({ depth: 4 })
  await until(() => source.worker('a')?.depth === 4)

  t.true(signals() > before)
})

test('a partition that nobody reads is taken from the broker', async (t) => {
  const { source, worker } = await open(t, async ({ broker, prefix }) => {
    for (let n = 0; n < 9; n++) await broker.js.publish(`${prefix}.booking.requests.3`, 'x')
  })
  worker('a', [0, 1, 2], 5)
  await until(() => source.read()?.depth === 5 + 1 + 9)
  t.pass()
})

test('what a worker said before it went silent is believed until the broker has been asked', async (t) => {
  const clock = new FakeClock()
  const world = await createWorld(t)
  const { broker, prefix } = world
  await ensureStream(broker.jsm, streamsOf(prefix).bookingRequests)
  const { subjects } = namesOf(prefix)
  const { context } = sourceContext(world, { clock })
  const name = {
    stream: streamsOf(prefix).bookingRequests.name,
    partitions: 1,
    subjectOf: subjects.bookingRequests,
  }
  const source = new BookingLogSource(context, name)
  t.teardown(() => source.close())
  await until(() => source.read() !== undefined)
  await broker.nc.flush()
  const beat = {
    pod: 'a',
    pool: KEY.name,
    inflight: 0,
    served: 0,
    busySeconds: 0,
    depth: 70,
    oldestAt: clock.now(),
  }
  const text = JSON.stringify({ ...beat, partitions: [0], draining: false, drained: false })
  broker.nc.publish(scalingSubjectsOf(prefix).heartbeat(KEY.name), text)
  await until(() => source.read()?.depth === 70)
  clock.pause(3_501)
  t.like(source.read(), { depth: 70, inflight: 0, freshAt: 0 })
  clock.advance(2_500)
  await until(() => source.read()?.depth === 0)
  t.is(source.read()?.freshAt, clock.monotonic())
})

test('what workers have done adds up over restarts and ends', async (t) => {
  const { source, worker } = await open(t)
  const one = worker('a', [0, 1], 0)
  const other = worker('b', [2, 3], 0)
  await until(() => source.worker('a') !== undefined && source.worker('b') !== undefined)
  one.say({ served: 100, busySeconds: 1 })
  other.say({ served: 50, busySeconds: 2 })
  await until(() => source.read()?.served === 150)
  // Started anew: it counts from zero again.
  one.say({ served: 10, busySeconds: 0.1 })
  one.say({ served: 30, busySeconds: 0.3 })
  await until(() => source.read()?.served === 170)
  t.deepEqual(source.read()?.worked?.seconds, 3.2)
})

test('the oldest is what a worker says', async (t) => {
  const { source, worker } = await open(t)
  const one = worker('a', [0, 1, 2, 3], 3)
  one.say({ oldestAt: Date.now() - 4_000 })
  await until(() => (source.read()?.oldestAgeMs ?? 0) >= 4_000)
  t.true((source.read()?.oldestAgeMs ?? Infinity) < 10_000)
})

test('nonsense on the subjects changes nothing', async (t) => {
  const { source, broker, prefix, store } = await open(t)
  await until(() => source.read() !== undefined)
  const { heartbeat, wake } = scalingSubjectsOf(prefix)
  for (const text of ['', '{', '{"count":-1}', '{"replica":"r","count":1e99,"messages":1}']) {
    broker.nc.publish(wake(KEY.name), text)
    broker.nc.publish(heartbeat(KEY.name), text)
  }
  await store(1, 1)
  await until(() => source.read()?.arrivals === 1)
  t.like(source.read(), { depth: 1, worked: undefined })
})
