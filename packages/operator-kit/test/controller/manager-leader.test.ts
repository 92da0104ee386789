import test from 'ava'

import { LeadershipLostError, type Reconcile } from '../../src/index.ts'
import { leases } from '../../src/internal.ts'
import { LEASE } from '../helpers/candidates.ts'
import { elected, leading, manage, staying } from '../helpers/managed.ts'
import { key, pool, pools, world } from '../helpers/world.ts'

test('reconciles nothing before it leads, and then everything', async (t) => {
  const calls: string[] = []
  const reconcile: Reconcile = async ({ name }) => void calls.push(name)
  const surroundings = await world(t)
  const { server } = surroundings
  server.seed(leases, { metadata: LEASE, spec: { holderIdentity: 'other', leaseDurationSeconds: 15 } })
  server.seed(pools, pool('a'))
  const { manager, turnUntil, clock, metric } = manage(t, surroundings, {
    reconcile,
    manager: elected('operator-0'),
  })
  await turnUntil(() => clock.monotonic() >= 10_000)
  t.deepEqual(calls, [])
  t.true(
    manager.ready().every(({ ok }) => ok),
    'a standby is ready',
  )
  t.is(await metric('leader_election_master_status'), 0)
  t.is(await metric('workqueue_depth'), 0)
  await turnUntil(() => calls.length === 1)

  t.true(clock.monotonic() >= 15_000)
  t.is(await metric('leader_election_master_status'), 1)
})

test('refuses writes of a standby, but not its reads', async (t) => {
  const surroundings = await world(t)
  const { server } = surroundings
  server.seed(leases, { metadata: LEASE, spec: { holderIdentity: 'other', leaseDurationSeconds: 15 } })
  const { manager } = manage(t, surroundings, { reconcile: async () => ({}), manager: elected('operator-0') })

  await t.throwsAsync(manager.client.create(pools, pool('a')), { instanceOf: LeadershipLostError })
  t.is(await manager.client.find(pools, key('a')), undefined)
})

test('breaks everything off and rejects when it loses the lease', async (t) => {
  const { state, reconcile } = staying()
  const scene = await leading(t, { reconcile })
  const { server } = scene
  server.seed(pools, pool('a'))
  await scene.turnUntil(() => state.started === 1)
  const claim = { holderIdentity: 'usurper', renewTime: 'now' }
  server.change(leases, LEASE, { spec: claim })
  let outcome: unknown
  void scene.ended.then((end) => (outcome = end))
  await scene.turnUntil(() => outcome !== undefined)

  t.true(outcome instanceof LeadershipLostError)
  t.is(state.aborted, 1)
  t.like(server.read(leases, LEASE)?.spec, claim)
  await t.throwsAsync(scene.manager.client.create(pools, pool('b')), { instanceOf: LeadershipLostError })
})

test('gives up a write that is on its way when it loses the lease', async (t) => {
  const outcomes: unknown[] = []
  const scene = await leading(t, {
    reconcile: async (at) => {
      await scene.manager.client
        .patch(pools, at, { spec: { queue: 'mine' } })
        .catch((error: unknown) => outcomes.push(error))
      return {}
    },
  })
  const { server } = scene
  const held = server.faults.hold({ verb: 'patch', plural: 'pools' })
  server.seed(pools, pool('a'))
  await held.arrived
  server.change(leases, LEASE, { spec: { holderIdentity: 'usurper', renewTime: 'now' } })
  await scene.turnUntil(() => outcomes.length === 1)

  t.true(outcomes[0] instanceof LeadershipLostError)
  held.release()
})

test('takes over within 17 s from a leader that is killed, and finds everything', async (t) => {
  const surroundings = await world(t)
  const { server, clock } = surroundings
  const done: string[] = []
  const first = manage(t, surroundings, {
    reconcile: async ({ name }) => void done.push(`first ${name}`),
    manager: elected('first'),
  })
  server.seed(pools, pool('a'))
  await first.turnUntil(() => done.length === 1)
  manage(t, surroundings, {
    reconcile: async ({ name }) => void done.push(`second ${name}`),
    manager: elected('second'),
  })
  server.cutOff('first')
  const began = clock.monotonic()
  await surroundings.turnUntil(() => done.includes('second a'))

  t.true(clock.monotonic() - began <= 17_000)
})
