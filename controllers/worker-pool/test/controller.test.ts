import { scalingSubjectsOf } from '@medqueue/contracts'
import test from 'ava'

import { BUDGETS, DEPLOYMENTS, PODS, POOLS } from '../src/kinds.ts'
import { DELETION_COST, DRAINING_SINCE } from '../src/world.ts'
import { FakeWorker } from './helpers/fake-worker.ts'
import { LABELS, NAMESPACE, Workload } from './helpers/workload.ts'
import { createWorld, hasListeners, KEY, until } from './helpers/world.ts'

/** Listens to the workers for a while before it takes any away. */
const WATCHFUL = { scaleDown: { window: '1s', stepPercent: 100, stepPeriod: '0s' } }

test('a pool wakes from zero straight to what is needed, and sleeps when all is done', async (t) => {
  const world = await createWorld(t)
  const { workload } = world
  world.make()
  world.run()
  await until(() => world.condition('Ready')?.status === 'True')
  t.is(workload.replicas, 0)
  await world.publish(1_000)
  // 1,000 in a third of 6.5 s at 100/s for each worker.
  await until(() => workload.replicas >= 4)
  t.true(workload.most <= 6)
  await world.work(1_000)
  await until(() => workload.replicas === 0)
  await until(() => ['ScaledUp', 'ScaledDown'].every((reason) => world.events().includes(reason)))
  // The status follows what was applied.
  await until(() => world.status()?.desiredReplicas === 0)
  t.like(world.status(), { observedGeneration: 1, selector: 'app=workers' })
})

test('only the number of replicas is ever owned', async (t) => {
  const world = await createWorld(t)
  world.make({ minReplicas: 2 })
  world.run()
  await until(() => world.workload.replicas === 2)
  t.deepEqual(world.server.owners(DEPLOYMENTS, world.workload.key)['worker-pool-controller'], [
    'spec.replicas',
  ])
})

test('every decision is told with what it was made from', async (t) => {
  const world = await createWorld(t)
  await world.publish(30)
  world.make({ maxReplicas: 1 })
  world.run()
  await until(() => world.status()?.lastDecision?.inputs.ready === 1)
  const decision = world.status()?.lastDecision
  t.like(decision, { want: 1, inputs: { depth: 30, serviceRate: 100, starting: 0, draining: 0 } })
  t.regex(decision?.message ?? '', /1 workers wanted; 30 wait/)
})

test('a worker that can drain is asked to, and only goes when it has', async (t) => {
  const world = await createWorld(t, { replicas: 2 })
  const { broker, prefix, workload, server } = world
  const one = new FakeWorker(t, { broker, prefix, pod: 'workers-1', heartbeat: { inflight: 3 } })
  const other = new FakeWorker(t, { broker, prefix, pod: 'workers-2' })
  world.make({ minReplicas: 1, ...WATCHFUL })
  world.run()
  await other.asked
  const marked = server.read(PODS, { namespace: NAMESPACE, name: 'workers-2' })
  t.truthy(marked?.metadata.annotations?.[DRAINING_SINCE])
  t.true(Number(marked?.metadata.annotations?.[DELETION_COST]) < 0)
  await until(() => world.status()?.lastDecision?.inputs.draining === 1)
  t.is(workload.replicas, 2)

  other.say({ drained: true })
  await until(() => workload.replicas === 1)
  t.deepEqual(workload.removed, ['workers-2'])
  one.say({})
})

test('one that has finished is not kept in the place of a new one, when more are needed before it is gone', async (t) => {
  const world = await createWorld(t, { replicas: 2 })
  const { broker, prefix, workload } = world
  const one = new FakeWorker(t, { broker, prefix, pod: 'workers-1', heartbeat: { inflight: 3 } })
  const other = new FakeWorker(t, { broker, prefix, pod: 'workers-2' })
  world.make({ minReplicas: 1, maxReplicas: 2, ...WATCHFUL })
  world.run()
  await other.asked
  const catchUp = workload.fallBehind()
  other.say({ drained: true })
  await until(() => workload.replicas === 1)
  world.change({ minReplicas: 2 })
  await until(() => world.status()?.lastDecision?.want === 2)
  t.is(workload.replicas, 1)

  catchUp()
  await until(() => workload.replicas === 2)
  t.deepEqual(workload.removed, ['workers-2'])
  one.say({})
})

test('workers that do not know how to drain are marked, so that the right ones get the signal to end', async (t) => {
  const world = await createWorld(t, { replicas: 3 })
  const { workload } = world
  new FakeWorker(t, {
    broker: world.broker,
    prefix: world.prefix,
    pod: 'workers-2',
    heartbeat: { inflight: 1 },
  })
  world.make({ minReplicas: 1, ...WATCHFUL })
  world.run()
  await until(() => workload.replicas === 1)
  t.deepEqual(workload.removed.toSorted(), ['workers-1', 'workers-3'])
})

test('a worker that does not finish in the time that Kubernetes gives it is taken away, and that is told', async (t) => {
  const world = await createWorld(t, { replicas: 1 })
  const { broker, prefix, workload, server } = world
  server.change(
    PODS,
    { namespace: NAMESPACE, name: 'workers-1' },
    { spec: { terminationGracePeriodSeconds: 1 } },
  )
  const worker = new FakeWorker(t, { broker, prefix, pod: 'workers-1' })
  world.make()
  world.run()
  await worker.asked
  await until(() => workload.replicas === 0)
  await until(() => world.events().includes('DrainOverdue'))
  t.pass()
})

test('workers that have not started go first, without being asked', async (t) => {
  const world = await createWorld(t, { replicas: 3, slow: true })
  world.make()
  world.run()
  await until(() => world.workload.replicas === 0)
  t.false(world.server.writes.some(({ request }) => request.plural === 'pods'))
})

test('a pool that observes says what it would do and does nothing', async (t) => {
  const world = await createWorld(t, { replicas: 1 })
  await world.publish(2_000)
  world.make({ mode: 'Observe' })
  world.run()
  await until(() => (world.status()?.desiredReplicas ?? 0) > 1)
  await until(() => world.events().includes('WouldScale'))
  t.is(world.condition('Ready')?.reason, 'Observing')
  const touched = world.server.writes.filter(({ request }) =>
    ['deployments', 'pods'].includes(request.plural),
  )
  t.deepEqual(touched, [])
})

test('a prewarm schedule raises the floor', async (t) => {
  const world = await createWorld(t)
  world.make({
    prewarm: [{ schedule: '* * * * *', timeZone: 'America/Sao_Paulo', duration: '1h', replicas: 4 }],
  })
  world.run()
  await until(() => world.workload.replicas === 4)
  await until(() => world.reason() === 'Prewarm')
  t.pass()
})

const stalls = test.macro(async (t, fields: object, reason: string) => {
  const world = await createWorld(t, { replicas: 3 })
  world.make(fields)
  world.run()
  await until(() => world.condition('Stalled')?.status === 'True')
  t.is(world.condition('Stalled')?.reason, reason)
  t.is(world.condition('Ready')?.status, 'False')
  t.is(world.status()?.observedGeneration, 1)
  t.is(world.workload.replicas, 3)
})

const nobody = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nobody' }
test('a missing target is told', stalls, { targetRef: nobody }, 'TargetMissing')
test(
  'a missing queue is told',
  stalls,
  { consumerRef: undefined, queueRef: { name: 'nobody' } },
  'QueueMissing',
)
test('a missing stream is told', stalls, { consumerRef: { stream: 'NONE', consumer: 'x' } }, 'StreamMissing')

test('a consumer that comes later is found', async (t) => {
  const world = await createWorld(t)
  world.make({ consumerRef: { stream: world.stream, consumer: 'later' } })
  world.run()
  await until(() => world.condition('Stalled')?.reason === 'ConsumerMissing')
  await world.broker.jsm.consumers.add(world.stream, { durable_name: 'later', ack_policy: 'explicit' })
  await until(() => world.condition('Ready')?.status === 'True')
  t.is(world.condition('Stalled')?.status, 'False')
})

test('a schedule that cannot be read is told, and the pool scales all the same', async (t) => {
  const world = await createWorld(t)
  world.make({ prewarm: [{ schedule: '0 8 * * *', timeZone: 'Mars/Olympus', duration: '1h', replicas: 4 }] })
  world.run()
  await until(() => world.condition('Stalled')?.reason === 'PrewarmInvalid')
  await world.publish(10)
  await until(() => world.workload.replicas > 0)
  t.pass()
})

test('the older of two pools with one target scales it', async (t) => {
  const world = await createWorld(t)
  world.make({ minReplicas: 1 }, 'a')
  world.make({ minReplicas: 5 }, 'b')
  world.run()
  await until(() => world.condition('Stalled', 'b')?.reason === 'TargetTaken')
  await until(() => world.condition('Ready', 'a')?.status === 'True')
  t.is(world.workload.most, 1)
})

test('a broker out of reach is told; the workers stay, and it is recovered from', async (t) => {
  const world = await createWorld(t, { replicas: 3 })
  let broker: typeof world.broker | undefined = undefined as typeof world.broker | undefined
  world.make()
  world.run({ broker: () => broker })
  await until(() => world.condition('Ready')?.reason === 'BrokerUnreachable')
  t.is(world.condition('Ready')?.status, 'Unknown')
  t.is(world.workload.replicas, 3)
  broker = world.broker
  await until(() => world.workload.replicas === 0)
})

test('a Deployment that has changed since it was looked at is looked at again, not overwritten', async (t) => {
  const world = await createWorld(t)
  const { server, workload } = world
  await world.publish(100)
  const held = server.faults.hold({ plural: 'deployments', subresource: 'scale' })
  world.make()
  world.run()
  await held.arrived
  server.change(DEPLOYMENTS, workload.key, { metadata: { labels: { touched: 'yes' } } })
  held.release()
  await until(() => workload.replicas > 0)
  const refused = server.requests.filter(({ subresource }) => subresource === 'scale').length
  const accepted = server.writes.filter(({ request }) => request.subresource === 'scale').length
  t.true(refused > accepted)
})

test('a disruption budget that allows none to go keeps them', async (t) => {
  const world = await createWorld(t, { replicas: 2 })
  const { server } = world
  const metadata = { namespace: NAMESPACE, name: 'workers' }
  const spec = { selector: { matchLabels: LABELS } }
  server.seed(BUDGETS, { ...BUDGETS, metadata, spec, status: { disruptionsAllowed: 0 } })
  world.make()
  world.run()
  await until(() => world.reason() === 'DisruptionBudget')
  t.is(world.workload.replicas, 2)
  server.change(BUDGETS, metadata, { status: { disruptionsAllowed: 2 } }, 'status')
  await until(() => world.workload.replicas === 0)
})

test('a rollout keeps them until it is done', async (t) => {
  const world = await createWorld(t, { replicas: 2 })
  const { server, workload } = world
  server.change(DEPLOYMENTS, workload.key, { status: { updatedReplicas: 1 } }, 'status')
  world.make()
  world.run()
  await until(() => world.reason() === 'RolloutUnderWay')
  t.is(workload.replicas, 2)
  server.change(DEPLOYMENTS, workload.key, { status: { updatedReplicas: 2 } }, 'status')
  await until(() => workload.replicas === 0)
})

test('a pool that goes is forgotten: its source is closed and nobody is scaled', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix, server } = world
  const others = new Workload(server, { name: 'others' })
  let heard = 0
  world.make()
  world.make({ targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'others' } }, 'other')
  world.run({ onHeard: () => void (heard += 1) })
  await until(() => ['pool', 'other'].every((name) => world.condition('Ready', name)?.status === 'True'))
  const listening = async () => hasListeners(broker, scalingSubjectsOf(prefix).heartbeat(KEY.name))
  t.true(await listening())
  server.remove(POOLS, KEY)
  await until(async () => !(await listening()))
  await world.publish(20)
  await until(() => others.replicas > 0)
  await until(() => heard >= 20)
  t.is(heard, 20)
  t.is(world.workload.most, 0)
})

test('the first message of a sleeping pool brings a worker, each time', async (t) => {
  const world = await createWorld(t)
  const { workload } = world
  world.make()
  world.run()
  await until(() => world.condition('Ready')?.status === 'True')
  for (let round = 0; round < 40; round++) {
    await until(() => workload.replicas === 0)
    await world.publish(1)
    await until(() => workload.replicas > 0)
    await world.work(1)
  }
  await until(() => workload.replicas === 0)
  t.true(workload.most > 0)
})

test('a message that comes while the last worker is taken away brings one again', async (t) => {
  const world = await createWorld(t)
  const { server, workload } = world
  world.make()
  world.run()
  await world.publish(1)
  await until(() => workload.replicas > 0)
  const held = server.faults.hold({ plural: 'deployments', subresource: 'scale' })
  await world.work(1)
  await held.arrived
  await world.publish(1)
  held.release()
  await until(() => workload.replicas === 0)
  await until(() => workload.replicas > 0)
  t.is(workload.replicas, 1)
})
