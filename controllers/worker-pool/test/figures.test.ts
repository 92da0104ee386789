import { systemClock } from '@medqueue/operator-kit'
import test from 'ava'
import { Registry } from 'prom-client'

import { createWorld, until, type World } from './helpers/world.ts'

/** A pool whose time stands still until it is turned, and what its process tells. */
async function createTimedWorld(scope: Parameters<typeof createWorld>[0]) {
  const world = await createWorld(scope)
  const registry = new Registry()
  // Whole milliseconds: what is added to a fraction and taken away again is not quite the same.
  let at = Math.ceil(systemClock.monotonic())
  const time = { ...systemClock, monotonic: () => at }
  return {
    ...world,
    run: (options: Parameters<World['run']>[0] = {}) => world.run({ registry, time, ...options }),
    turn: (ms: number) => void (at += ms),
    /** Sum of the series of that name, as a scrape has it; undefined without one. */
    figure: async (name: string): Promise<number | undefined> => {
      const text = await registry.metrics()
      const [, value] = new RegExp(`^medqueue_pool_${name}{[^}]*} (\\S+)$`, 'm').exec(text) ?? []
      return value === undefined ? undefined : Number(value)
    },
  }
}

type TimedWorld = Awaited<ReturnType<typeof createTimedWorld>>

/** Less than a reading may be old. */
const WHILE_MS = 3_000

async function wakesAtOnce(world: TimedWorld): Promise<boolean> {
  await until(async () => (await world.figure('wake_seconds_count')) === 1)
  return (await world.figure('wake_seconds_sum')) === 0
}

test('the time to wake begins with the first request, not with the first answer of the broker', async (t) => {
  const world = await createTimedWorld(t)
  world.make()
  world.run()
  await until(() => world.condition('Ready')?.status === 'True')
  world.turn(WHILE_MS)
  await world.publish(1)
  t.true(await wakesAtOnce(world))
})

test('the time to wake does not begin while the pool only observes', async (t) => {
  const world = await createTimedWorld(t)
  world.make({ mode: 'Observe' })
  world.run()
  await until(() => world.condition('Ready')?.status === 'True')
  await world.publish(1)
  await until(async () => (await world.figure('desired_replicas')) === 1)
  world.turn(WHILE_MS)
  world.change({ mode: 'Active' })
  await until(() => world.events().includes('ScaledUp'))
  t.is((await world.figure('wake_seconds_sum')) ?? 0, 0)
})

test('the time to wake does not begin while the stream is missing', async (t) => {
  const world = await createTimedWorld(t)
  world.make({ consumerRef: { stream: 'NONE', consumer: 'x' } })
  world.run()
  await until(() => world.condition('Stalled')?.reason === 'StreamMissing')
  await world.publish(1)
  world.turn(WHILE_MS)
  world.change({ consumerRef: { stream: world.stream, consumer: 'mailers' } })
  t.true(await wakesAtOnce(world))
})

test('a queue that nothing is known of has no depth, and the ignorance has an age', async (t) => {
  const world = await createTimedWorld(t)
  let up = false
  world.make()
  world.run({ broker: () => (up ? world.broker : undefined) })
  await until(() => world.condition('Ready')?.reason === 'BrokerUnreachable')
  world.turn(60_000)
  t.is(await world.figure('signal_age_seconds'), 60)
  t.is(await world.figure('depth'), undefined)
  t.is(await world.figure('ready'), 0)
  up = true
  world.change({ maxReplicas: 5 })
  await until(async () => (await world.figure('ready')) === 1)
  t.is(await world.figure('depth'), 0)
  t.is(await world.figure('signal_age_seconds'), 0)
})

test('a pool that cannot be decided on is not ready and has no figures', async (t) => {
  const world = await createTimedWorld(t)
  await world.publish(7)
  world.make({ mode: 'Observe' })
  world.run()
  await until(async () => (await world.figure('depth')) === 7)
  t.is(await world.figure('ready'), 1)
  world.change({ targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nobody' } })
  await until(async () => (await world.figure('ready')) === 0)
  for (const name of ['depth', 'ready_replicas', 'desired_replicas', 'signal_age_seconds']) {
    t.is(await world.figure(name), undefined, name)
  }
})
