import { connectTestBroker } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'

import { ConsumerSource } from '../../src/depth/consumer.ts'
import { createWorld, sourceContext, until, type World } from '../helpers/world.ts'

interface Opened {
  source: ConsumerSource
  signals: () => number
}

function open(t: ExecutionContext, world: World, consumer = 'mailers'): Opened {
  const { context, signals } = sourceContext(world)
  const source = new ConsumerSource(context, { stream: world.stream, consumer })
  t.teardown(() => source.close())
  return { source, signals }
}

/** How often the broker was asked about streams and consumers while `work` ran. */
async function countQuestions(
  t: ExecutionContext,
  stream: string,
  work: () => Promise<void>,
): Promise<number> {
  const { nc } = await connectTestBroker(t)
  let questions = 0
  const subjects = [`$JS.API.CONSUMER.INFO.${stream}.>`, `$JS.API.STREAM.INFO.${stream}`]
  const subscriptions = subjects.map((subject) =>
    nc.subscribe(subject, { callback: () => void (questions += 1) }),
  )
  await nc.flush()
  await work()
  for (const subscription of subscriptions) subscription.unsubscribe()
  return questions
}

test('what is there at the start is what the broker says', async (t) => {
  const world = await createWorld(t)
  await world.publish(7)
  const { source } = open(t, world)
  t.is(source.read(), undefined)
  await until(() => source.read() !== undefined)
  t.like(source.read(), { depth: 7, inflight: 0, arrivals: 0, served: 0 })
})

test('arrivals and acknowledgements are heard in passing, without asking', async (t) => {
  const world = await createWorld(t)
  const { source, signals } = open(t, world)
  await until(() => source.read() !== undefined)
  // The subjects of the stream are asked for once.
  await until(async () => {
    await world.publish(1)
    return (source.read()?.arrivals ?? 0) > 0
  })
  const before = source.read()?.arrivals ?? 0
  const depth = source.read()?.depth ?? 0
  const asked = await countQuestions(t, world.stream, async () => {
    await world.publish(5)
    await until(() => source.read()?.arrivals === before + 5)
    t.is(source.read()?.depth, depth + 5)
    await world.work(3)
    await until(() => source.read()?.served === 3)
  })
  t.is(source.read()?.depth, depth + 2)
  t.true(signals() > 5)
  // The worker asks once, when it begins; the source may have come to its next turn.
  t.true(asked <= 2, `${asked} questions`)
})

test('a message given back is not counted as dealt with, and its next delivery is noticed', async (t) => {
  const world = await createWorld(t)
  const { source } = open(t, world)
  await world.publish(1)
  await until(() => source.read()?.depth === 1)
  const consumer = await world.broker.js.consumers.get(world.stream, 'mailers')
  const first = await consumer.next({ expires: 5_000 })
  first?.nak()
  const second = await consumer.next({ expires: 5_000 })
  t.is(source.read()?.depth, 1)
  second?.working()
  await second?.ackAck()
  await until(() => source.read()?.depth === 0)
  t.is(source.redelivered, 1)
})

test('only what the consumer is for is counted', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix, stream } = world
  await broker.jsm.consumers.add(stream, {
    durable_name: 'some',
    ack_policy: 'explicit',
    filter_subject: `${prefix}.mails.some`,
  })
  const { source } = open(t, world, 'some')
  await until(() => source.read() !== undefined)
  await broker.nc.flush()
  await broker.js.publish(`${prefix}.mails.other`, 'x')
  await broker.js.publish(`${prefix}.mails.some`, 'x')
  await until(() => (source.read()?.arrivals ?? 0) > 0)
  t.like(source.read(), { arrivals: 1, depth: 1 })
})

test('a stream or consumer that is not there is told, and its depth is not zero but unknown', async (t) => {
  const world = await createWorld(t)
  const { source } = open(t, world, 'nobody')
  await until(() => source.trouble() !== undefined)
  t.is(source.trouble()?.reason, 'ConsumerMissing')
  t.is(source.read(), undefined)
  await world.broker.jsm.streams.delete(world.stream)
  const other = open(t, world).source
  await until(() => other.trouble() !== undefined)
  t.is(other.trouble()?.reason, 'StreamMissing')
})

test('the age of the oldest follows from what has come and gone', async (t) => {
  const world = await createWorld(t)
  const { source } = open(t, world)
  await until(() => source.read() !== undefined)
  await until(async () => {
    await world.publish(1)
    return (source.read()?.arrivals ?? 0) > 0
  })
  await world.work(source.read()?.depth ?? 0)
  await until(() => source.read()?.depth === 0)
  t.is(source.read()?.oldestAgeMs, undefined)
  await world.publish(1)
  await until(() => source.read()?.depth === 1)
  t.true((source.read()?.oldestAgeMs ?? Infinity) < 5_000)
})

/** The broker, whose answers to one kind of question wait until they are let go. */
function holding({ broker }: World, manager: 'consumers' | 'streams') {
  const asked = Promise.withResolvers<undefined>()
  const gate = Promise.withResolvers<undefined>()
  const jsm = Object.create(broker.jsm) as typeof broker.jsm
  const held = Object.create(jsm[manager]) as typeof jsm.consumers
  held.info = async (stream, consumer) => {
    asked.resolve(undefined)
    await gate.promise
    return broker.jsm[manager].info(stream, consumer) as ReturnType<typeof held.info>
  }
  Object.defineProperty(jsm, manager, { value: held })
  return { broker: { ...broker, jsm }, asked: asked.promise, release: gate.resolve }
}

const closes = test.macro(async (t, manager: 'consumers' | 'streams') => {
  const world = await createWorld(t)
  const { broker, asked, release } = holding(world, manager)
  const { context, signals } = sourceContext(world, { broker })
  const source = new ConsumerSource(context, { stream: world.stream, consumer: 'mailers' })
  await asked
  const closed = source.close()
  release(undefined)
  await closed
  const before = signals()
  await world.publish(1)
  await broker.nc.flush()
  t.is(signals(), before)
})
test('a source that is closed while it asks for its consumer hears nothing afterwards', closes, 'consumers')
test('nor does one that is closed while it asks for the subjects of its stream', closes, 'streams')
