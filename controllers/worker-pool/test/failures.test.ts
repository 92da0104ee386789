import { ApiError, type ApiErrorFields, LeadershipLostError } from '@medqueue/operator-kit'
import { FakeClock } from '@medqueue/operator-kit/testing'
import test from 'ava'
import { Registry } from 'prom-client'

import { failureOf } from '../src/failure.ts'
import { createWorld, until, type World } from './helpers/world.ts'

const SCALE = { plural: 'deployments', subresource: 'scale' }

const scalesAsked = ({ server }: World) =>
  server.requests.filter(({ subresource }) => subresource === SCALE.subresource).length

const counted = async (registry: Registry, name: string) =>
  (await registry.getSingleMetric(name)?.get())?.values[0]?.value

/** A sleeping pool that is known to be ready. */
async function asleep(world: World, options: Parameters<World['run']>[0] = {}): Promise<void> {
  world.make()
  world.run(options)
  await until(() => world.condition('Ready')?.status === 'True')
}

test('an API server that fails for a while is recovered from', async (t) => {
  const world = await createWorld(t)
  await asleep(world)
  const mend = world.server.faults.failAlways({ verb: ['apply', 'patch'] }, { kind: 'status', status: 503 })
  await world.publish(100)
  await until(() => scalesAsked(world) >= 2)
  t.is(world.workload.replicas, 0)
  mend()
  await until(() => world.workload.replicas > 0)
  await until(() => world.condition('Ready')?.status === 'True')
})

const tells = test.macro(async (t, status: number, ready: object) => {
  const world = await createWorld(t)
  await asleep(world)
  const mend = world.server.faults.failAlways(SCALE, { kind: 'status', status })
  await world.publish(100)
  await until(() => world.condition('Ready')?.status !== 'True')
  t.like(world.condition('Ready'), ready)
  t.is(world.condition('Reconciling')?.status, 'True')
  t.regex(world.condition('Ready')?.message ?? '', new RegExp(`workers.* ${status}`))
  mend()
  await until(() => world.condition('Ready')?.status === 'True')
  t.true(world.workload.replicas > 0)
})

test('a refusal to scale is told', tells, 403, { status: 'False', reason: 'ApplyRefused' })
test('an API server that cannot scale is told', tells, 503, { status: 'Unknown', reason: 'ApplyFailed' })

const answer = (fields: Partial<ApiErrorFields>) =>
  new ApiError({ code: 'OPERATOR_API', message: 'no', ...fields })

test('a conflict and a lost lease are no failures: the next look, or the next leader, reads anew', (t) => {
  t.is(failureOf(answer({ status: 409 })), undefined)
  t.is(failureOf(new LeadershipLostError()), undefined)
})

test('what may pass by itself leaves open whether the pool is ready; a no does not', (t) => {
  const unreachable = new ApiError({ code: 'OPERATOR_UNREACHABLE', message: 'reset' })
  for (const error of [answer({ status: 500 }), answer({ status: 429 }), unreachable, new Error('else')]) {
    t.like(failureOf(error), { phase: 'reconciling', ready: 'Unknown', reason: 'ApplyFailed' })
  }
  for (const status of [401, 403, 404, 422]) {
    t.like(failureOf(answer({ status })), { phase: 'reconciling', ready: 'False', reason: 'ApplyRefused' })
  }
})

test('what has failed waits as long as the API server asks, whatever arrives meanwhile', async (t) => {
  const world = await createWorld(t)
  const { faults } = world.server
  const clock = new FakeClock()
  const registry = new Registry()
  let heard = 0
  await asleep(world, { clock, registry, onHeard: () => void (heard += 1) })
  const held = faults.hold(SCALE)
  const mend = faults.failAlways(SCALE, { kind: 'status', status: 429, retryAfterSeconds: 30 })
  await world.publish(1)
  await held.arrived
  await world.publish(20)
  await until(() => heard === 21)
  held.release()
  await until(async () => (await counted(registry, 'workqueue_retries_total')) === 1)
  t.is(world.condition('Ready')?.reason, 'ApplyFailed')
  clock.advance(29_000)
  for (let count = 22; count < 40; count++) {
    await world.publish(1)
    await until(() => heard === count)
  }
  t.is(scalesAsked(world), 1)
  mend()
  clock.advance(1_000)
  await until(() => world.workload.replicas > 0)
})

test('a look that takes too long gives up its writes and is begun anew', async (t) => {
  const world = await createWorld(t)
  const clock = new FakeClock()
  const registry = new Registry()
  await asleep(world, { clock, registry })
  const held = world.server.faults.hold(SCALE)
  t.teardown(held.release)
  await world.publish(100)
  await held.arrived
  // The look that was planned before falls due meanwhile, and begins when this one has given up.
  clock.advance(20_000)
  await until(() => world.workload.replicas > 0)
  await until(() => world.events().includes('ApplyFailed'))
  t.is(await counted(registry, 'controller_runtime_reconcile_timeouts_total'), 1)
})
