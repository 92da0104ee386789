import { LeadershipLostError } from '@medqueue/operator-kit'
import { FakeClock } from '@medqueue/operator-kit/testing'
import { type Broker, findStream } from '@medqueue/messaging'
import { JetStreamApiError } from '@nats-io/jetstream'
import test from 'ava'
import { Registry } from 'prom-client'

import { QUEUES } from '../src/kinds.ts'
import { brokerWith, createWorld, KEY, until, type World } from './helpers/world.ts'

const isReady = ({ condition }: World) => condition('Ready')?.status === 'True'

/** A connection that is up to servers of which too few are left to decide anything. */
const withoutQuorum = (broker: Broker) =>
  brokerWith(broker, () =>
    Promise.reject(
      new JetStreamApiError({
        code: 503,
        err_code: 10_008,
        description: 'JetStream system temporarily unavailable',
      }),
    ),
  )

test('a broker that is there and fails is told, and recovered from', async (t) => {
  const world = await createWorld(t)
  let { broker } = world
  world.make()
  world.run({ broker: () => broker })
  await until(() => isReady(world))
  broker = withoutQuorum(broker)
  await until(() => world.condition('Ready')?.reason === 'BrokerFailing')

  t.is(world.condition('Ready')?.status, 'Unknown')
  t.is(world.condition('Reconciling')?.status, 'True')
  t.regex(world.condition('Ready')?.message ?? '', /temporarily unavailable/)
  t.is(world.read()?.status?.depth, 0)
  broker = world.broker
  await until(() => isReady(world))
})

test('a failure of the broker that cannot be told either is what is logged', async (t) => {
  const world = await createWorld(t)
  let { broker } = world
  const failures: unknown[] = []
  world.make()
  world.run({ broker: () => broker, onFailed: (error) => failures.push(error) })
  await until(() => isReady(world))
  t.teardown(world.server.faults.failAlways({ plural: QUEUES.plural, verb: 'apply' }, { kind: 'reset' }))
  broker = withoutQuorum(broker)
  await until(() => failures.length > 0)
  t.true(failures[0] instanceof JetStreamApiError, String(failures[0]))
})

test('an object whose streams a broker does not delete says so, and goes when it does', async (t) => {
  const world = await createWorld(t)
  let { broker } = world
  world.make({ deletionPolicy: 'Delete' })
  world.run({ broker: () => broker })
  await until(() => isReady(world))
  broker = withoutQuorum(broker)
  world.server.remove(QUEUES, KEY)
  await until(() => world.condition('Ready')?.reason === 'Deleting')

  t.regex(world.condition('Ready')?.message ?? '', /temporarily unavailable/)
  broker = world.broker
  await until(() => world.read() === undefined)
})

test('a spec that is changed while the broker is away is no drift when it is carried out', async (t) => {
  const world = await createWorld(t)
  const { deadLetters } = world
  let broker: World['broker'] | undefined = world.broker
  world.make()
  world.run({ broker: () => broker })
  await until(() => isReady(world))
  broker = undefined
  world.server.change(QUEUES, KEY, {
    spec: { limits: { maxBytes: 2_097_152 }, deadLetter: { stream: deadLetters, maxBytes: 1_048_576 } },
  })
  await until(() => world.read()?.status?.observedGeneration === 2)
  t.is(world.condition('Ready')?.reason, 'BrokerUnreachable')
  broker = world.broker
  await until(() => isReady(world))
  await until(() => world.events().filter((reason) => reason === 'StreamCreated').length === 2)

  t.is((await broker.jsm.streams.info(world.stream)).config.max_bytes, 2_097_152)
  t.is(world.read()?.status?.driftCorrected, 0)
  t.false(world.events().some((reason) => ['DriftCorrected', 'StreamRestored'].includes(reason)))
})

test('streams that an earlier version keeps are taken over, and that is no drift', async (t) => {
  const world = await createWorld(t)
  const { broker, stream, prefix } = world
  await broker.jsm.streams.add({
    name: stream,
    subjects: [`${prefix}.booking.requests.*`],
    metadata: { 'medqueue.dev/queue': `${KEY.namespace}/${KEY.name}`, team: 'north' },
  })
  const { metadata } = world.make()
  world.run()
  await until(() => isReady(world))

  t.is(world.read()?.status?.driftCorrected, 0)
  t.like((await broker.jsm.streams.info(stream)).config.metadata, {
    'medqueue.dev/queue': 'north/booking',
    'medqueue.dev/queue-uid': metadata.uid,
    'medqueue.dev/queue-generation': '1',
    team: 'north',
  })
})

test('whoever leads no longer makes, changes and deletes no stream', async (t) => {
  const world = await createWorld(t)
  const { broker, stream, server } = world
  let refused = 0
  const assertLeading = () => {
    refused += 1
    throw new LeadershipLostError()
  }
  const asked = async (times: number) => until(() => refused >= times)
  world.make({ deletionPolicy: 'Delete' })
  const stopFirst = world.run({ assertLeading })
  await asked(2)
  t.is(await findStream(broker.jsm, stream), undefined)
  await stopFirst()

  const stopLeader = world.run()
  await until(() => isReady(world))
  await stopLeader()
  server.change(QUEUES, KEY, { spec: { limits: { maxBytes: 2_097_152 } } })
  refused = 0
  const stopSecond = world.run({ assertLeading })
  await asked(2)
  server.remove(QUEUES, KEY)
  refused = 0
  await asked(2)
  await stopSecond()

  t.is((await findStream(broker.jsm, stream))?.config.max_bytes, 1_048_576)
  t.not(world.condition('Ready')?.reason, 'BrokerFailing')
})

test('a look that takes too long gives up its writes, and is begun anew', async (t) => {
  const world = await createWorld(t)
  const clock = new FakeClock()
  const registry = new Registry()
  const counted = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values[0]?.value
  const held = world.server.faults.hold({ plural: QUEUES.plural, verb: 'patch' })
  t.teardown(held.release)
  world.make()
  world.run({ clock, registry })
  await held.arrived
  clock.advance(60_000)
  await until(async () => (await counted('workqueue_retries_total')) === 1)
  t.is(await counted('controller_runtime_reconcile_timeouts_total'), 1)
  clock.advance(10_000)
  await until(() => isReady(world))
})

test('a broker that answers too late makes no stream any more', async (t) => {
  const world = await createWorld(t)
  const clock = new FakeClock()
  const asked: string[] = []
  const slow = brokerWith(world.broker, async (method, call) => {
    asked.push(method)
    return call().finally(() => clock.advance(60_000))
  })
  world.make()
  world.run({ clock, broker: () => slow })
  await until(() => world.condition('Ready')?.reason === 'BrokerFailing')
  t.regex(world.condition('Ready')?.message ?? '', /took over 60000 ms/)
  t.false(asked.includes('add'))
})

test('Delete leaves a stream alone that an object of the same name made anew', async (t) => {
  const world = await createWorld(t)
  const { broker, stream, server } = world
  world.make({ deletionPolicy: 'Delete' })
  const stop = world.run()
  await until(() => isReady(world))
  await stop()
  const { config } = await broker.jsm.streams.info(stream)
  await broker.jsm.streams.update(stream, {
    ...config,
    metadata: { ...config.metadata, 'medqueue.dev/queue-uid': 'new' },
  })
  server.remove(QUEUES, KEY)
  world.run()
  await until(() => world.read() === undefined)

  t.not(await findStream(broker.jsm, stream), undefined)
})

test('a stream of an object in a namespace that is not watched is taken', async (t) => {
  const world = await createWorld(t)
  const { broker, stream, prefix } = world
  await broker.jsm.streams.add({
    name: stream,
    subjects: [`${prefix}.booking.requests.*`],
    max_bytes: 4_096,
    metadata: { 'medqueue.dev/queue': 'south/booking' },
  })
  world.make()
  world.run({ namespace: KEY.namespace })
  await until(() => world.condition('Stalled')?.status === 'True')

  t.is(world.condition('Stalled')?.reason, 'StreamTaken')
  t.is((await broker.jsm.streams.info(stream)).config.max_bytes, 4_096)
})

test('a controller without the right to hear of changes still looks for them', async (t) => {
  const world = await createWorld(t)
  const refused = new Error('Permissions Violation for Subscription')
  const nc = Object.create(world.broker.nc, {
    subscribe: {
      value: (_subject: string, { callback }: { callback: (error: Error, message: object) => void }) => {
        // As the client library tells of a right that the server refuses.
        callback(refused, {})
      },
    },
  }) as Broker['nc']
  const blind: Broker = { ...world.broker, nc }
  world.make()
  t.notThrows(() => world.run({ broker: () => blind, follows: blind }))
  await until(() => isReady(world))
  await world.broker.jsm.streams.delete(world.stream)
  await until(() => world.events().includes('StreamRestored'))
})
