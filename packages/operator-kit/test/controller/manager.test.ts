import test from 'ava'

import { createManager, LeadershipLostError, runController, watches } from '../../src/index.ts'
import { events, leases } from '../../src/internal.ts'
import { until } from '../../src/testing/index.ts'
import { LEASE } from '../helpers/candidates.ts'
import { leading, manage, managed, staying } from '../helpers/managed.ts'
import { key, pool, pools, world } from '../helpers/world.ts'

test('finishes what is in work, releases the lease, and then ends', async (t) => {
  const { state, reconcile } = staying()
  const scene = await leading(t, { reconcile })
  const { server, turnUntil } = scene
  server.seed(pools, pool('a'))
  server.seed(pools, pool('b'))
  await turnUntil(() => state.started === 1)
  const stopped = scene.stop()
  await until(() => scene.manager.ready().some(({ detail }) => detail === 'stopping'))
  t.is(server.read(leases, LEASE)?.spec?.holderIdentity, 'operator-0', 'it leads until the work is done')
  state.leave()
  await stopped

  t.is(await scene.ended, 'stopped')
  t.is(server.read(leases, LEASE)?.spec?.holderIdentity, '')
  t.is(state.started, 1, 'what waits is left to the next leader')
  t.is(state.aborted, 0)
  await until(() => server.watches('pools').length === 0)
  t.is(scene.clock.pending, 0)
})

test('asks work to break off that takes too long to finish', async (t) => {
  const { state, reconcile } = staying()
  const scene = await leading(t, { reconcile, manager: { drainTimeoutMs: 8_000 } })
  scene.server.seed(pools, pool('a'))
  await scene.turnUntil(() => state.started === 1)
  const began = scene.clock.monotonic()
  await scene.stop()

  t.is(state.aborted, 1)
  t.true(scene.clock.monotonic() - began >= 8_000)
  t.is(await scene.metric('controller_runtime_reconcile_total', { result: 'aborted' }), 1)
  t.is(scene.server.read(leases, LEASE)?.spec?.holderIdentity, '')
})

test('leaves behind what does not even break off, and writes nothing for it', async (t) => {
  let started = 0
  let late: (() => Promise<unknown>) | undefined
  const scene = await leading(t, {
    manager: { drainTimeoutMs: 1_000 },
    reconcile: async () => {
      started += 1
      late = async () => scene.manager.client.create(pools, pool('late'))
      return new Promise(() => undefined)
    },
  })
  scene.server.seed(pools, pool('a'))
  await scene.turnUntil(() => started === 1)
  await scene.stop()

  t.is(await scene.ended, 'stopped')
  await t.throwsAsync(late?.() ?? Promise.resolve(), { instanceOf: LeadershipLostError })
})

test('runs what is asked for beside controllers, and ends with it when that fails', async (t) => {
  const ran: string[] = []
  let fail: (error: Error) => void = () => undefined
  const scene = await leading(t, {
    reconcile: async () => ({}),
    prepare: (manager) => {
      manager.addRunnable({
        name: 'everywhere',
        needsLeader: false,
        run: async (signal) => {
          ran.push('everywhere')
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
        },
      })
      manager.addRunnable({
        name: 'leader-only',
        run: async () => {
          ran.push('leader-only')
          await new Promise((_resolve, reject) => (fail = reject))
        },
      })
    },
  })
  await scene.turnUntil(() => ran.length === 2)
  fail(new Error('the subscription ended'))
  let outcome: unknown
  void scene.ended.then((end) => (outcome = end))
  await scene.turnUntil(() => outcome !== undefined)

  t.is((outcome as Error).message, 'the subscription ended')
  t.is(scene.server.read(leases, LEASE)?.spec?.holderIdentity, '', 'it gave the lease back first')
})

test('shares one informer among controllers that look at the same', async (t) => {
  const { client } = await world(t)
  const manager = createManager({ client, name: 'example.dev/pool', identity: 'operator-0' })

  t.is(manager.informer(pools), manager.informer(pools, {}))
  t.is(manager.informer(pools, { namespace: 'prod' }), manager.informer(pools, { namespace: 'prod' }))
  t.not(manager.informer(pools), manager.informer(pools, { namespace: 'prod' }))
})

test('writes the last events before it ends', async (t) => {
  const scene = await leading(t, { reconcile: async () => ({}) })
  const about = scene.server.seed(pools, pool('a'))
  scene.manager.events.record(about, {
    type: 'Normal',
    reason: 'Stopped',
    action: 'Stopping',
    note: 'It stops.',
  })
  await scene.stop()

  t.deepEqual(
    scene.server.readAll(events).map(({ reason }) => reason),
    ['Stopped'],
  )
})

test('says what it is not ready for', async (t) => {
  const surroundings = await world(t)
  surroundings.server.faults.failAlways({ verb: 'list' }, { kind: 'status', status: 403 })
  const { manager, turnUntil } = manage(t, surroundings, { reconcile: async () => ({}) })
  await turnUntil(() => manager.ready().some(({ detail }) => detail?.includes('403') === true))

  t.deepEqual(
    manager.ready().map(({ name, ok }) => ({ name, ok })),
    [
      { name: 'manager', ok: true },
      { name: 'informer-pools', ok: false },
    ],
  )
  t.true(
    manager.live().every(({ ok }) => ok),
    'a restart would not help',
  )
})

test('refuses a second controller of one name, and any after it has started', async (t) => {
  const { manager } = await managed(t, {
    reconcile: async () => ({}),
    prepare: (one) => {
      const again = { name: 'pool', reconcile: async () => ({}), sources: [] }
      t.throws(() => one.addController(again), { code: 'OPERATOR_MISUSE' })
    },
  })

  t.throws(() => manager.addRunnable({ name: 'late', run: async () => undefined }), {
    code: 'OPERATOR_MISUSE',
  })
})

test('runs one controller from beginning to end in one call', async (t) => {
  const { server, client, clock } = await world(t)
  server.seed(pools, pool('a'))
  const stop = new AbortController()
  const options = { client, name: 'example.dev/pool', identity: 'operator-0', clock }

  await runController(
    options,
    (manager) => ({
      name: 'pool',
      sources: [watches(manager.informer(pools))],
      reconcile: async (at) => {
        await manager.client.applyStatus(pools, { metadata: at, status: { ready: 1 } })
        stop.abort()
        return {}
      },
    }),
    stop.signal,
  )

  t.is(server.read(pools, key('a'))?.status?.ready, 1)
})
