import { testPrefix } from '@medqueue/testing'
import test from 'ava'

import { QUEUES } from '../src/kinds.ts'
import { FakeWorker } from './helpers/fake-worker.ts'
import { NAMESPACE } from './helpers/workload.ts'
import { createWorld, until, type World } from './helpers/world.ts'

const QUEUE = { namespace: NAMESPACE, name: 'booking' }

/** Of a pool that reads the BookingQueue. */
const OF_QUEUE = { consumerRef: undefined, queueRef: { name: QUEUE.name } }

/** A stream in partitions with a BookingQueue; its subjects begin with any of the prefixes. */
async function addQueue(world: World, spec: { subjectPrefix?: string } = {}, prefixes = [world.prefix]) {
  const stream = `${world.prefix}_BOOKING_REQUESTS`
  const subjects = prefixes.map((prefix) => `${prefix}.booking.requests.*`)
  await world.broker.jsm.streams.add({ name: stream, subjects })
  world.server.seed(QUEUES, { ...QUEUES, metadata: QUEUE, spec: { stream, partitions: 2, ...spec } })
}

const request = async ({ broker }: World, prefix: string) =>
  broker.js.publish(`${prefix}.booking.requests.1`, 'x')

test('a queue in partitions is known by its BookingQueue', async (t) => {
  const world = await createWorld(t)
  await addQueue(world)
  for (let n = 0; n < 900; n++) await request(world, world.prefix)
  world.make(OF_QUEUE)
  world.run()
  await until(() => world.workload.replicas === 2)
  await until(() => world.reason() === 'AtCeiling')
  t.pass()
})

test('workers of a queue with subjects of its own are asked to drain on those', async (t) => {
  const world = await createWorld(t, { replicas: 2 })
  const { broker, workload } = world
  const prefix = testPrefix(t)
  await addQueue(world, { subjectPrefix: prefix }, [prefix])
  new FakeWorker(t, { broker, prefix, pod: 'workers-1', heartbeat: { inflight: 3 } })
  const idle = new FakeWorker(t, { broker, prefix, pod: 'workers-2' })
  world.make({
    ...OF_QUEUE,
    minReplicas: 1,
    scaleDown: { window: '1s', stepPercent: 100, stepPeriod: '0s' },
  })
  world.run()
  await idle.asked
  t.is(workload.replicas, 2)
  idle.say({ drained: true })
  await until(() => workload.replicas === 1)
  t.deepEqual(workload.removed, ['workers-2'])
})

test('a queue that is given other subjects is listened to there', async (t) => {
  const world = await createWorld(t)
  const later = testPrefix(t)
  await addQueue(world, {}, [world.prefix, later])
  await request(world, later)
  world.make(OF_QUEUE)
  world.run()
  await until(() => world.condition('Ready')?.status === 'True')
  t.is(world.workload.most, 0)
  world.server.change(QUEUES, QUEUE, { spec: { subjectPrefix: later } })
  await until(() => world.workload.replicas > 0)
})
