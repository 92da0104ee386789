import test, { type ExecutionContext } from 'ava'

import { DRAINING_SINCE } from '../src/world.ts'
import { FakeWorker } from './helpers/fake-worker.ts'
import { createWorld, until, type World } from './helpers/world.ts'

const WATCHFUL = { scaleDown: { window: '300ms', stepPercent: 100, stepPeriod: '0s' } }

/** Most of a life is waiting. */
const AT_A_TIME = 5

type Step = (goal: () => boolean) => Promise<void>

/** A pool's whole life: up from zero, down to the floor by draining one that speaks and one that does not, asleep. */
async function live(t: ExecutionContext, world: World, step: Step): Promise<void> {
  const { workload, broker, prefix } = world
  world.make({ maxReplicas: 3, ...WATCHFUL })
  await step(() => world.condition('Ready')?.status === 'True')
  await world.publish(2_000)
  await step(() => workload.replicas === 3)
  const [pod] = workload.pods
  const worker = new FakeWorker(t, { broker, prefix, pod: pod?.metadata.name ?? '' })
  void worker.asked.then(() => worker.say({ drained: true }))
  await world.work(2_000)
  await step(() => workload.replicas === 0)
  world.change({ minReplicas: 1 })
  await step(() => workload.replicas === 1 && world.status()?.observedGeneration === 2)
}

/** Lives through it with a controller that dies right after its n-th write; its successor goes on. */
async function dieAfter(t: ExecutionContext, n: number): Promise<boolean> {
  const world = await createWorld(t)
  let dead = false
  let writes = 0
  const stopCounting = world.server.onWrite(({ request }) => {
    if (request.plural === 'events') return
    writes += 1
    if (writes === n) dead = true
  })
  const mayWrite = () => {
    if (dead) throw new Error('this process has died')
  }
  let stop = world.run({ mayWrite })
  let died = false
  await live(t, world, async (goal) => {
    await until(() => goal() || (dead && !died))
    if (!dead || died) return
    died = true
    await stop()
    stopCounting()
    stop = world.run()
    await until(goal)
  })
  await stop()
  t.is(world.workload.replicas, 1)
  t.is(world.workload.most, 3)
  const marked = world.workload.pods.filter(
    ({ metadata }) => metadata.annotations?.[DRAINING_SINCE] !== undefined,
  )
  t.deepEqual(marked, [], `after write ${n}`)
  return died
}

test('a controller that dies after any one of its writes is followed by one that gets everything right', async (t) => {
  t.timeout(110_000)
  let points = 0
  for (let from = 1; points === from - 1; from += AT_A_TIME) {
    const numbers = Array.from({ length: AT_A_TIME }, (_, index) => from + index)
    const died = await Promise.all(numbers.map(async (n) => dieAfter(t, n)))
    points += died.filter(Boolean).length
  }
  t.true(points >= 10, `${points} points`)
  t.log(`${points} write points`)
})
