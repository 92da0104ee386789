import { systemClock } from '@medqueue/operator-kit'
import test, { type ExecutionContext } from 'ava'

import { PODS } from '../src/kinds.ts'
import { DELETION_COST, DRAINING_SINCE } from '../src/world.ts'
import { FakeWorker } from './helpers/fake-worker.ts'
import { NAMESPACE } from './helpers/workload.ts'
import { createWorld, until } from './helpers/world.ts'

/** Listens to the workers for a while before it takes any away. */
const WATCHFUL = { scaleDown: { window: '1s', stepPercent: 100, stepPeriod: '0s' } }

/** A cluster with two workers that speak, the second of which is marked as draining. */
async function withMark(t: ExecutionContext) {
  const world = await createWorld(t, { replicas: 2 })
  const { broker, prefix, server } = world
  const speak = (pod: string) => new FakeWorker(t, { broker, prefix, pod, heartbeat: { inflight: 1 } })
  const second = { namespace: NAMESPACE, name: 'workers-2' }
  return {
    ...world,
    second,
    workers: [speak('workers-1'), speak('workers-2')],
    marks: () => server.read(PODS, second)?.metadata.annotations ?? {},
  }
}

test('a worker that has started over since nobody asked it any more to drain is not taken away', async (t) => {
  const world = await withMark(t)
  const { server, workload, second, marks } = world
  const [one, other] = world.workers
  server.change(PODS, second, { spec: { terminationGracePeriodSeconds: 1 } })
  let later = 0
  const time = { ...systemClock, monotonic: () => performance.now() + later }
  one?.say({ inflight: 2 })
  world.make({ minReplicas: 1, ...WATCHFUL })
  world.run({ time })
  await other?.asked
  world.change({ mode: 'Observe' })
  await until(() => world.condition('Ready')?.reason === 'Observing')

  other?.say({ draining: false })
  later = 6_000
  await until(() => world.status()?.lastDecision?.inputs.draining === 0)
  t.truthy(marks()[DRAINING_SINCE])
  await world.publish(2_000)
  world.change({ mode: 'Active' })
  await until(() => workload.replicas > 2)
  await until(() => marks()[DRAINING_SINCE] === undefined)

  t.is(marks()[DELETION_COST], undefined)
  t.deepEqual(workload.removed, [])
})

test('a mark of long ago that somebody else has left on a worker at work is taken off, and it is not asked', async (t) => {
  const world = await withMark(t)
  const { server, workload, second, marks } = world
  let asked = false
  void world.workers[1]?.asked.then(() => (asked = true))
  const annotations = { [DRAINING_SINCE]: '2026-01-01T00:00:00.000Z', [DELETION_COST]: '-1000000' }
  server.change(PODS, second, { metadata: { annotations } })
  world.make({ minReplicas: 2 })
  world.run()
  await until(() => marks()[DRAINING_SINCE] === undefined)

  t.is(marks()[DELETION_COST], undefined)
  t.false(asked)
  t.deepEqual(workload.removed, [])
  t.is(workload.most, 2)
})

test('a clock that is set back by hours keeps no pool asleep', async (t) => {
  const world = await createWorld(t)
  let back = 0
  world.make({ idleAfter: '0s' })
  world.run({ time: { ...systemClock, now: () => Date.now() - back } })
  await until(() => world.condition('Ready')?.status === 'True')
  back = 6 * 3_600_000
  await world.publish(100)
  await until(() => world.workload.replicas > 0)
  await world.work(100)
  await until(() => world.workload.replicas === 0)
  t.true(Date.parse(world.status()?.lastScaleTime ?? '') < Date.now() - 3_600_000)
})
