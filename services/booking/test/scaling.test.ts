import { randomUUID } from 'node:crypto'

import {
  type Heartbeat,
  namesOf,
  readDrainAnswer,
  readHeartbeat,
  readWake,
  scalingSubjectsOf,
  type Wake,
} from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'
import { connectTestBroker, testPrefix } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'
import { Registry } from 'prom-client'

import { createWaker } from '../src/intake/wake.ts'
import { listenForDrain } from '../src/worker/drain.ts'
import { startHeartbeat } from '../src/worker/heartbeat.ts'
import { countWork, loadOf } from '../src/worker/load.ts'
import { workerMetrics } from '../src/worker/metrics.ts'
import { createWorld, type World } from './helpers/world.ts'

const nothing = () => undefined
const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** What is said on a subject, to be waited for. */
class Heard<T> {
  readonly all: T[] = []
  #told: (() => void) | undefined

  constructor(t: ExecutionContext, { nc }: Broker, subject: string, read: (text: string) => T | undefined) {
    const subscription = nc.subscribe(subject, {
      callback: (_error, message) => {
        const value = read(message.string())
        if (value === undefined) return t.fail(`unreadable: ${message.string()}`)
        this.all.push(value)
        this.#told?.()
      },
    })
    t.teardown(() => subscription.unsubscribe())
  }

  async until(condition: (all: readonly T[]) => boolean): Promise<void> {
    while (!condition(this.all)) await new Promise<void>((resolve) => (this.#told = resolve))
  }
}

test('an api replica tells of the first request at once, and sums up those that follow', async (t) => {
  const broker = await connectTestBroker(t)
  const prefix = testPrefix(t)
  const heard = new Heard<Wake>(t, broker, scalingSubjectsOf(prefix).wake('p'), readWake)
  await broker.nc.flush()
  const waker = createWaker({ broker, prefix, pool: 'p', replica: 'r', everyMs: 50 })
  t.teardown(() => waker.stop())

  for (const requests of [1, 20, 30]) waker.stored(requests)
  await heard.until((all) => all.length === 2)

  t.deepEqual(heard.all, [
    { replica: 'r', count: 1, messages: 1 },
    { replica: 'r', count: 50, messages: 2 },
  ])
})

const book = async (world: World, n: number) => {
  const { doctors, patients, consultation } = world.people
  return world.book(
    { doctorId: doctors[0], serviceId: consultation, start: world.slot(n) },
    { as: patients[n % patients.length] ?? '', prefer: 'wait=0' },
  )
}

test('a worker says what waits, what it reads and what it has done', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix } = world
  const heard = new Heard<Heartbeat>(t, broker, scalingSubjectsOf(prefix).heartbeat('p'), readHeartbeat)
  for (let n = 0; n < 3; n++) t.is((await book(world, n)).statusCode, 202)

  const { metrics, done } = countWork(workerMetrics(new Registry()))
  const worker = world.work({ metrics })
  const heart = startHeartbeat({
    broker,
    prefix,
    pool: 'p',
    pod: 'w-1',
    load: worker.load,
    done,
    everyMs: 20,
  })
  t.teardown(() => heart.stop())
  await heard.until((all) => all.at(-1)?.served === 3 && all.at(-1)?.partitions?.length === 4)

  t.like(heard.all.at(-1), { pod: 'w-1', pool: 'p', inflight: 0, depth: 0, oldestAt: null, drained: false })
  t.true((heard.all.at(-1)?.busySeconds ?? 0) > 0)
})

test('a worker that is asked to drain gives everything back and leaves nothing behind in the queue', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix, pool } = world
  const subjects = scalingSubjectsOf(prefix)
  const heard = new Heard<Heartbeat>(t, broker, subjects.heartbeat('p'), readHeartbeat)
  const { metrics, done } = countWork(workerMetrics(new Registry()))
  const worker = world.work({ metrics })
  const heart = startHeartbeat({
    broker,
    prefix,
    pool: 'p',
    pod: 'w.1',
    load: worker.load,
    done,
    everyMs: 20,
  })
  const options = {
    broker,
    logger,
    prefix,
    pod: 'w.1',
    heart,
    finish: worker.stop,
    onForgotten: () => t.fail(),
  }
  const drain = listenForDrain(options)
  t.teardown(() => {
    heart.stop()
    drain.stop()
  })
  for (let n = 0; n < 3; n++) await book(world, n)
  await heard.until((all) => all.at(-1)?.served === 3)

  for (let asked = 0; asked < 2; asked++) {
    const answer = await broker.nc.request(subjects.drain('w.1'), '', { timeout: 5_000 })
    t.deepEqual(readDrainAnswer(answer.string()), { accepted: true })
  }
  await heard.until((all) => all.at(-1)?.drained === true)

  t.true(heard.all.some(({ draining, drained }) => draining && !drained))
  t.like(heard.all.at(-1), { draining: true, drained: true, inflight: 0, partitions: [] })
  const { rows } = await pool.query<{ count: string }>(
    'SELECT count(*) FROM partition_lease WHERE owner IS NOT NULL AND expires_at > now()',
  )
  t.is(rows[0]?.count, '0')
  t.is((await broker.jsm.streams.info(namesOf(prefix).streams.bookingRequests)).state.messages, 0)
})

test('what a killed worker had decided is purged by the one that takes over', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix, pool } = world
  const stream = namesOf(prefix).streams.bookingRequests
  t.is((await book(world, 0)).statusCode, 202)
  // Committed, and not purged: as a worker leaves it that is killed right after its transaction.
  const { created } = await broker.jsm.streams.info(stream)
  await pool.query(
    `INSERT INTO partition_lease (partition, stream_created_at, committed_seq) SELECT p, $1, 1 FROM generate_series(0, 3) p`,
    [created],
  )
  world.work()

  await untilEmpty(broker, stream)
  t.pass()
})

async function untilEmpty({ jsm }: Broker, stream: string): Promise<void> {
  while ((await jsm.streams.info(stream)).state.messages > 0)
    await new Promise((resolve) => setImmediate(resolve))
}

test('a drained worker that nobody ends starts over', async (t) => {
  const broker = await connectTestBroker(t)
  const prefix = testPrefix(t)
  const pod = randomUUID()
  const forgotten = new Promise<void>((resolve) => {
    const drain = listenForDrain({
      broker,
      logger,
      prefix,
      pod,
      heart: { tell: nothing },
      finish: () => Promise.resolve(),
      onForgotten: resolve,
      patienceMs: 10,
    })
    t.teardown(() => drain.stop())
  })
  await broker.nc.request(scalingSubjectsOf(prefix).drain(pod), '', { timeout: 5_000 })
  await forgotten
  t.pass()
})

test('a worker that cannot drain starts over', async (t) => {
  const broker = await connectTestBroker(t)
  const prefix = testPrefix(t)
  const forgotten = new Promise<void>((resolve) => {
    const drain = listenForDrain({
      broker,
      logger,
      prefix,
      pod: 'w',
      heart: { tell: nothing },
      finish: async () => Promise.reject(new Error('lost the database')),
      onForgotten: resolve,
    })
    t.teardown(() => drain.stop())
  })
  await broker.nc.request(scalingSubjectsOf(prefix).drain('w'), '', { timeout: 5_000 })
  await forgotten
  t.pass()
})

test('what is not read yet counts as many requests as what is', (t) => {
  const reader = { partition: 2, requests: 300, entries: 3, behind: 4, peek: () => undefined }
  t.deepEqual(loadOf([reader], 7), { inflight: 7, depth: 700, oldestAt: null, partitions: [2] })
})

test('a partition of which nothing is known yet is not spoken of', (t) => {
  const reader = { partition: 2, requests: 0, entries: 0, behind: undefined, peek: () => undefined }
  t.deepEqual(loadOf([reader], 0).partitions, [])
})
