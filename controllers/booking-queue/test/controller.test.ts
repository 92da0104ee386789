import { REQUESTS_HEADER } from '@medqueue/contracts'
import { findStream } from '@medqueue/messaging'
import { headers } from '@nats-io/transport-node'
import test from 'ava'

import { FINALIZER, QUEUES } from '../src/kinds.ts'
import { createWorld, KEY, until, type World } from './helpers/world.ts'

const isReady = ({ condition }: World) => condition('Ready')?.status === 'True'

const configOf = async ({ broker }: World, name: string) => (await broker.jsm.streams.info(name)).config

const exists = async ({ broker }: World, name: string) => (await findStream(broker.jsm, name)) !== undefined

test('the stream and its dead letters are made as the services make them, within the limits of the spec', async (t) => {
  const world = await createWorld(t)
  const { stream, deadLetters, prefix } = world
  world.make({
    limits: { maxBytes: 2_097_152, maxMessageSize: 65_536 },
    deadLetter: { stream: deadLetters, maxAge: '24h' },
  })
  world.run()
  await until(() => isReady(world))

  t.like(await configOf(world, stream), {
    subjects: [`${prefix}.booking.requests.*`],
    storage: 'file',
    retention: 'limits',
    discard: 'new',
    max_bytes: 2_097_152,
    max_msg_size: 65_536,
    max_age: 0,
    num_replicas: 1,
  })
  t.like(await configOf(world, deadLetters), { discard: 'old', max_age: 24 * 3_600 * 1_000_000_000 })
  t.like(world.read()?.status, { depth: 0, driftCorrected: 0, observedGeneration: 1 })
  t.truthy(world.read()?.status?.leader)
  t.is(world.read()?.status?.partitions?.length, 4)
  t.deepEqual(world.read()?.metadata.finalizers, [FINALIZER])
})

test('a stream that a service has made already is taken into keeping, and that is no drift', async (t) => {
  const world = await createWorld(t)
  const { broker, stream, prefix } = world
  await broker.jsm.streams.add({ name: stream, subjects: [`${prefix}.booking.requests.*`], max_bytes: 4_096 })
  await broker.js.publish(`${prefix}.booking.requests.1`, 'kept')
  world.make()
  world.run()
  await until(() => isReady(world))

  t.is((await configOf(world, stream)).max_bytes, 1_048_576)
  t.like(world.read()?.status, { depth: 1, driftCorrected: 0 })
})

test('what somebody else has changed is put right, told and counted', async (t) => {
  const world = await createWorld(t)
  const { broker, stream } = world
  world.make()
  world.run()
  await until(() => isReady(world))
  await broker.jsm.streams.update(stream, { max_bytes: 4_096, max_msgs: 10 })
  await until(() => world.read()?.status?.driftCorrected === 1)

  t.like(await configOf(world, stream), { max_bytes: 1_048_576, max_msgs: -1 })
  await until(() => world.events().includes('DriftCorrected'))
  t.pass()
})

test('a change of the spec is carried out and is no drift', async (t) => {
  const world = await createWorld(t)
  world.make()
  world.run()
  await until(() => isReady(world))
  world.server.change(QUEUES, KEY, { spec: { limits: { maxBytes: 3_145_728 } } })
  await until(async () => (await configOf(world, world.stream)).max_bytes === 3_145_728)
  await until(() => world.read()?.status?.observedGeneration === 2)

  t.is(world.read()?.status?.driftCorrected, 0)
})

test('shrinking the limits below what waits drops nothing', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix, stream } = world
  world.make()
  world.run()
  await until(() => isReady(world))
  for (let n = 0; n < 20; n++) await broker.js.publish(`${prefix}.booking.requests.0`, 'x'.repeat(1_000))
  world.server.change(QUEUES, KEY, { spec: { limits: { maxBytes: 2_048 } } })
  await until(async () => (await configOf(world, stream)).max_bytes === 2_048)

  t.is((await broker.jsm.streams.info(stream)).state.messages, 20)
})

test('a queue deleted by hand is put back at once, told and counted', async (t) => {
  const world = await createWorld(t)
  world.make()
  world.run({ everyMs: 3_600_000 })
  await until(() => isReady(world))
  const before = world.read()?.status?.streamCreatedAt
  await world.broker.jsm.streams.delete(world.stream)
  await until(() => world.read()?.status?.driftCorrected === 1)

  t.true(await exists(world, world.stream))
  t.not(world.read()?.status?.streamCreatedAt, before)
  await until(() => world.events().includes('StreamRestored'))
})

test('depth is told in requests, by partition, with the age of the oldest', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix } = world
  const carrying = (requests: number) => {
    const fields = headers()
    fields.set(REQUESTS_HEADER, String(requests))
    return { headers: fields }
  }
  world.make()
  world.run()
  await until(() => isReady(world))
  await broker.js.publish(`${prefix}.booking.requests.0`, 'a', carrying(200))
  await broker.js.publish(`${prefix}.booking.requests.0`, 'b', carrying(50))
  await broker.js.publish(`${prefix}.booking.requests.3`, 'c')
  await until(() => world.read()?.status?.depth === 251)

  const depths = world.read()?.status?.partitions?.map(({ depth }) => depth)
  t.deepEqual(depths, [250, 0, 0, 1])
  t.is(typeof world.read()?.status?.partitions?.[0]?.oldestAgeSeconds, 'number')
})

const stalls = test.macro(async (t, prepare: (world: World) => Promise<object>, reason: string) => {
  const world = await createWorld(t)
  world.make(await prepare(world))
  world.run()
  await until(() => world.condition('Stalled')?.status === 'True')
  t.is(world.condition('Stalled')?.reason, reason)
  t.is(world.condition('Ready')?.status, 'False')
  t.is(world.read()?.status?.observedGeneration, 1)
})

test('more copies than servers are told as such', stalls, async () => ({ replicas: 3 }), 'NotEnoughServers')
test(
  'subjects that another stream takes are told as such',
  stalls,
  async ({ broker, prefix }) => {
    await broker.jsm.streams.add({ name: `${prefix}_OTHER`, subjects: [`${prefix}.booking.>`] })
    return {}
  },
  'SubjectsOverlap',
)
test(
  'a stream in memory is left alone',
  stalls,
  async ({ broker, stream, prefix }) => {
    const subjects = [`${prefix}.booking.requests.*`]
    await broker.jsm.streams.add({ name: stream, subjects, storage: 'memory' })
    return {}
  },
  'StreamIncompatible',
)

test('a stalled queue recovers when the reason is gone', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix } = world
  await broker.jsm.streams.add({ name: `${prefix}_OTHER`, subjects: [`${prefix}.booking.>`] })
  world.make()
  world.run()
  await until(() => world.condition('Stalled')?.status === 'True')
  await broker.jsm.streams.delete(`${prefix}_OTHER`)
  await until(() => isReady(world))
  t.is(world.condition('Stalled')?.status, 'False')
})

test('two objects do not fight over one stream', async (t) => {
  const world = await createWorld(t)
  world.make()
  world.run()
  await until(() => isReady(world))
  world.make({ limits: { maxBytes: 4_096 } }, 'second')
  await until(() => world.condition('Stalled', 'second')?.status === 'True')

  t.is(world.condition('Stalled', 'second')?.reason, 'StreamTaken')
  t.is((await configOf(world, world.stream)).max_bytes, 1_048_576)
})

test('Retain keeps the streams, and another object may take them over', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix } = world
  world.make()
  world.run()
  await until(() => isReady(world))
  await broker.js.publish(`${prefix}.booking.requests.0`, 'kept')
  world.server.remove(QUEUES, KEY)
  await until(() => world.read() === undefined)
  world.make({}, 'second')
  await until(() => world.condition('Ready', 'second')?.status === 'True')

  t.is(world.read('second')?.status?.depth, 1)
})

test('Delete deletes both streams before the object goes', async (t) => {
  const world = await createWorld(t)
  world.make({ deletionPolicy: 'Delete', deadLetter: { stream: world.deadLetters } })
  world.run()
  await until(() => isReady(world))
  world.server.remove(QUEUES, KEY)
  await until(() => world.read() === undefined)

  t.false(await exists(world, world.stream))
  t.false(await exists(world, world.deadLetters))
})

test('Delete leaves a stream alone that another object keeps', async (t) => {
  const world = await createWorld(t)
  world.make()
  world.run()
  await until(() => isReady(world))
  world.make({ deletionPolicy: 'Delete' }, 'second')
  await until(() => world.condition('Stalled', 'second')?.status === 'True')
  world.server.remove(QUEUES, { ...KEY, name: 'second' })
  await until(() => world.read('second') === undefined)

  t.true(await exists(world, world.stream))
})

test('a broker out of reach is told, changes nothing, and is recovered from', async (t) => {
  const world = await createWorld(t)
  let broker: World['broker'] | undefined = undefined
  world.make()
  world.run({ broker: () => broker })
  await until(() => world.condition('Ready')?.reason === 'BrokerUnreachable')
  t.is(world.condition('Ready')?.status, 'Unknown')
  t.is(world.condition('Stalled')?.status, 'False')
  broker = world.broker
  world.server.change(QUEUES, KEY, { spec: { limits: { maxBytes: 2_097_152 } } })
  await until(() => isReady(world))
  t.true(await exists(world, world.stream))
})

test('an object to be deleted with its streams waits for the broker', async (t) => {
  const world = await createWorld(t)
  world.make({ deletionPolicy: 'Delete' })
  const stop = world.run()
  await until(() => isReady(world))
  await stop()
  world.server.remove(QUEUES, KEY)
  const stopBlind = world.run({ broker: () => undefined })
  await until(() => world.condition('Ready')?.reason === 'Deleting')
  t.true(await exists(world, world.stream))
  await stopBlind()

  world.run()
  await until(() => world.read() === undefined)
  t.false(await exists(world, world.stream))
})

test('a quiet queue is written no more than once', async (t) => {
  const world = await createWorld(t)
  world.make()
  world.run({ everyMs: 10 })
  await until(() => isReady(world))
  const looks = world.server.writes.length
  await world.broker.js.publish(`${world.prefix}.booking.requests.0`, 'x')
  await until(() => world.read()?.status?.depth === 1)
  const writes = world.server.writes.slice(looks).filter(({ request }) => request.plural === 'bookingqueues')
  t.is(writes.length, 1)
})
