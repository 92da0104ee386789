import type { Broker } from '@medqueue/messaging'
import { type Heartbeat, readDrainAnswer, readHeartbeat, scalingSubjectsOf } from '@medqueue/contracts'
import { connectTestBroker, testPrefix } from '@medqueue/testing'
import { AckPolicy } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import test, { type ExecutionContext } from 'ava'

import { configOf } from '../src/config.ts'
import { speak } from '../src/drain.ts'
import { busyFrom, startWorker, type Worker } from '../src/worker.ts'

const WORK_MS = 5

interface World {
  broker: Broker
  stream: string
  subject: string
  publish: (count: number) => Promise<void>
  connection: () => Promise<NatsConnection>
  info: () => ReturnType<Broker['jsm']['consumers']['info']>
}

async function createWorld(t: ExecutionContext): Promise<World> {
  const broker = await connectTestBroker(t)
  const prefix = testPrefix(t)
  const [stream, subject] = [`${prefix}_WORK`, `${prefix}.work`]
  await broker.jsm.streams.add({ name: stream, subjects: [subject] })
  await broker.jsm.consumers.add(stream, { durable_name: 'workers', ack_policy: AckPolicy.Explicit })
  return {
    broker,
    stream,
    subject,
    publish: async (count) => {
      await Promise.all(Array.from({ length: count }, async () => broker.js.publish(subject, 'x')))
    },
    connection: async () => {
      const nc = await connect({ servers: broker.nc.getServer() })
      t.teardown(async () => nc.close())
      return nc
    },
    info: async () => broker.jsm.consumers.info(stream, 'workers'),
  }
}

async function workerIn(t: ExecutionContext, world: World): Promise<{ nc: NatsConnection; worker: Worker }> {
  const nc = await world.connection()
  const worker = startWorker({ nc, stream: world.stream, consumer: 'workers', workMs: WORK_MS })
  t.teardown(async () => worker.finish())
  return { nc, worker }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('messages are dealt with one at a time and acknowledged', async (t) => {
  const world = await createWorld(t)
  await world.publish(20)
  const { worker } = await workerIn(t, world)
  let most = 0
  await until(async () => {
    const { num_ack_pending, num_pending } = await world.info()
    most = Math.max(most, num_ack_pending)
    return num_pending === 0 && num_ack_pending === 0
  })
  // One is worked on, and the acknowledgement of another may still be under way.
  t.true(most <= 2, `${most} at a time`)
  t.like(worker.load(), { served: 20, inflight: 0 })
  t.true(worker.load().busySeconds > 0)
})

const reply = (storedMs: number) => `$JS.ACK.WORK.workers.1.7.7.${storedMs}000000.0`

test('a message that waited keeps it busy from the pull on', (t) => {
  const taken = busyFrom({ reply: reply(900), pulledAt: 1_000, now: 1_003, askingMs: 2 })
  t.is(taken.since, 1_000)
  t.true(taken.askingMs > 2 && taken.askingMs < 3, 'asking took three milliseconds this time')
})

test('one that came later keeps it busy since then, and for the time that asking takes', (t) => {
  const late = { pulledAt: 1_000, now: 1_201, askingMs: 2 }
  t.deepEqual(busyFrom({ ...late, reply: reply(1_200) }), { since: 1_199, askingMs: 2 })
  t.deepEqual(busyFrom({ ...late, reply: undefined }), { since: 1_199, askingMs: 2 })
})

test('one that finishes leaves the rest to others, and nothing is delivered twice', async (t) => {
  const world = await createWorld(t)
  const workers = await Promise.all([1, 2, 3].map(async () => workerIn(t, world)))
  const published = world.publish(120)
  for (const { worker } of workers.slice(1)) {
    await until(() => worker.load().served > 0)
    await worker.finish()
  }
  await published
  await until(async () => (await world.info()).ack_floor.stream_seq === 120)
  const { delivered, num_redelivered } = await world.info()
  t.is(delivered.consumer_seq, 120)
  t.is(num_redelivered, 0)
  t.is(
    workers.reduce((sum, { worker }) => sum + worker.load().served, 0),
    120,
  )
})

test('an idle one finishes before anything can be sent to it', async (t) => {
  const world = await createWorld(t)
  const { worker } = await workerIn(t, world)
  await until(async () => (await world.info()).num_waiting === 1)
  await worker.finish()
  t.is((await world.info()).num_waiting, 0)
  await world.publish(3)
  t.is((await world.info()).delivered.consumer_seq, 0)
})

test('asked to drain, it says so, finishes and says that too; asked again it answers the same', async (t) => {
  const world = await createWorld(t)
  const { nc, worker } = await workerIn(t, world)
  const subjects = scalingSubjectsOf(world.subject)
  const heard: Heartbeat[] = []
  world.broker.nc.subscribe(subjects.heartbeat('pool'), {
    callback: (_error, message) =>
      void heard.push(...[readHeartbeat(message.string())].filter((b) => b !== undefined)),
  })
  await world.broker.nc.flush()
  const drainSubject = subjects.drain('pod-1')
  const voice = speak({
    ...{ nc, worker, pool: 'pool', pod: 'pod-1', drainSubject },
    heartbeatSubject: subjects.heartbeat('pool'),
    onForgotten: () => t.fail(),
  })
  t.teardown(voice.stop)
  await until(() => heard.length > 0)
  t.like(heard[0], { pod: 'pod-1', pool: 'pool', draining: false, drained: false })
  const ask = async () => readDrainAnswer((await world.broker.nc.request(drainSubject, '')).string())
  t.deepEqual([await ask(), await ask()], [{ accepted: true }, { accepted: true }])
  await until(() => heard.some(({ drained }) => drained))
  t.deepEqual(
    heard.filter(({ draining }) => draining).map(({ drained }) => drained),
    [false, true],
  )
})

test('what is missing in its environment is named', (t) => {
  t.throws(() => configOf({}), { instanceOf: RangeError, message: 'NATS_URL is not set' })
})
