import test from 'ava'

import {
  ApiError,
  formatKey,
  onSpecChange,
  type ObjectKey,
  TerminalError,
  watches,
  watchesOwned,
  controllerReference,
  defineResource,
} from '../../src/index.ts'
import { managed } from '../helpers/managed.ts'
import { key, type Pool, pool, pools } from '../helpers/world.ts'

const jobs = defineResource({ apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true })

/** A reconcile that notes what it is called for. */
function noting() {
  const calls: string[] = []
  return { calls, reconcile: async (at: ObjectKey) => void calls.push(formatKey(at)) }
}

test('reconciles what there is, and whatever changes', async (t) => {
  const { calls, reconcile } = noting()
  const { server, turnUntil } = await managed(t, {
    reconcile,
    prepare: (_manager, { server: to }) => void to.seed(pools, pool('a')),
  })
  await turnUntil(() => calls.length === 1)
  server.seed(pools, pool('b'))
  await turnUntil(() => calls.length === 2)
  server.change(pools, key('a'), { spec: { size: 2 } })
  await turnUntil(() => calls.length === 3)
  server.remove(pools, key('b'))
  await turnUntil(() => calls.length === 4)

  t.deepEqual(calls, ['prod/a', 'prod/b', 'prod/a', 'prod/b'])
})

test('comes again after the time a reconcile asks for', async (t) => {
  const at: number[] = []
  const { server, clock, turnUntil, metric } = await managed(t, {
    reconcile: async () => {
      at.push(clock.monotonic())
      return { requeueAfterMs: 15_000 }
    },
  })
  server.seed(pools, pool('a'))
  await turnUntil(() => at.length === 3)

  t.is((at[2] ?? 0) - (at[1] ?? 0), 15_000)
  t.is(await metric('controller_runtime_reconcile_total', { result: 'requeue_after' }), 3)
})

test('tries again after a failure, ever later, until it succeeds', async (t) => {
  const at: number[] = []
  const { server, clock, turnUntil, metric } = await managed(t, {
    reconcile: async () => {
      at.push(clock.monotonic())
      if (at.length < 12) throw new Error('not yet')
      return {}
    },
  })
  server.seed(pools, pool('a'))
  await turnUntil(() => at.length === 12)
  const waits = at.slice(1).map((moment, i) => moment - (at[i] ?? 0))

  t.deepEqual(waits.slice(0, 6), [5, 10, 20, 40, 80, 160])
  t.is(await metric('controller_runtime_reconcile_errors_total'), 11)
  t.is(await metric('workqueue_retries_total'), 11)
})

test('does not try again what cannot be helped, until the object changes', async (t) => {
  let calls = 0
  const { server, clock, turnUntil, metric } = await managed(t, {
    reconcile: async () => {
      calls += 1
      throw new TerminalError('the stream has another owner')
    },
  })
  server.seed(pools, pool('a'))
  await turnUntil(() => calls === 1)
  const began = clock.monotonic()
  await turnUntil(() => clock.monotonic() - began > 60_000)
  t.is(calls, 1)
  server.change(pools, key('a'), { spec: { size: 2 } })
  await turnUntil(() => calls === 2)

  t.is(await metric('controller_runtime_terminal_reconcile_errors_total'), 2)
  t.is(await metric('controller_runtime_reconcile_errors_total'), 2)
})

test('waits as long as the API server asks', async (t) => {
  const at: number[] = []
  const { server, clock, turnUntil } = await managed(t, {
    reconcile: async () => {
      at.push(clock.monotonic())
      if (at.length > 1) return {}
      throw new ApiError({ code: 'OPERATOR_API', status: 429, message: 'too many', retryAfterMs: 9_000 })
    },
  })
  server.seed(pools, pool('a'))
  await turnUntil(() => at.length === 2)

  t.is((at[1] ?? 0) - (at[0] ?? 0), 9_000)
})

/** Reads a field of what is not there. */
const assert = async (object: Pool) => object.spec.size

test('counts what only a bug throws', async (t) => {
  const failures = [
    () => assert(undefined as unknown as Pool),
    async () => fetch('http://localhost:1/'),
    async () => Promise.reject(new Error('not yet')),
  ]
  let thrown = 0
  const { server, turnUntil, metric } = await managed(t, {
    reconcile: async () => {
      const failure = failures[thrown]
      thrown += 1
      await failure?.()
      return {}
    },
  })
  server.seed(pools, pool('a'))
  await turnUntil(() => thrown === 4)

  t.is(await metric('controller_runtime_reconcile_panics_total'), 1)
  t.is(await metric('controller_runtime_reconcile_errors_total'), 3)
})

test('works on as many keys at a time as it may, and never on one twice', async (t) => {
  const running = new Map<string, () => void>()
  let most = 0
  let twice = 0
  const { server, turnUntil, metric } = await managed(t, {
    controller: { maxConcurrent: 3 },
    reconcile: async (at) => {
      if (running.has(at.name)) twice += 1
      await new Promise<void>((resolve) => {
        running.set(at.name, resolve)
        most = Math.max(most, running.size)
      })
      running.delete(at.name)
      return {}
    },
  })
  for (const name of ['a', 'b', 'c', 'd', 'e']) server.seed(pools, pool(name))
  await turnUntil(() => running.size === 3)
  t.is(await metric('controller_runtime_active_workers'), 3)
  for (const name of running.keys()) server.change(pools, key(name), { spec: { size: 2 } })
  for (let left = 8; left > 0; left -= 1) {
    await turnUntil(() => running.size > 0)
    const [finish] = running.values()
    finish?.()
    await turnUntil(async () => (await metric('controller_runtime_reconcile_total')) === 9 - left)
  }

  t.is(most, 3)
  t.is(twice, 0)
  t.is(await metric('controller_runtime_max_concurrent_reconciles'), 3)
})

test('asks a reconcile to end that takes too long', async (t) => {
  const reasons: unknown[] = []
  const { server, turnUntil, metric } = await managed(t, {
    controller: { timeoutMs: 30_000 },
    reconcile: async (_key, signal) => {
      if (reasons.length > 0) return {}
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      reasons.push(signal.reason)
      throw signal.reason
    },
  })
  server.seed(pools, pool('a'))
  await turnUntil(
    async () => (await metric('controller_runtime_reconcile_total', { result: 'success' })) === 1,
  )

  t.like(reasons[0], { code: 'OPERATOR_TIMEOUT' })
  t.is(await metric('controller_runtime_reconcile_timeouts_total'), 1)
  t.is(await metric('controller_runtime_reconcile_time_seconds', { le: '60' }), 2)
})

test('is called for the owner of what it watches', async (t) => {
  const { calls, reconcile } = noting()
  const { server, turnUntil } = await managed(t, {
    reconcile,
    prepare: (manager) => {
      const sources = [watchesOwned(manager.informer(jobs), pools)]
      manager.addController({ name: 'owners', reconcile, sources })
    },
  })
  const owner = server.seed(pools, pool('a'))
  await turnUntil(() => calls.length === 1)
  const ownerReferences = [{ ...controllerReference(owner), apiVersion: 'example.dev/v2' }]
  server.seed(jobs, { metadata: { ...key('job'), ownerReferences } })
  await turnUntil(() => calls.length === 2)
  server.seed(jobs, {
    metadata: { ...key('other'), ownerReferences: [{ ...controllerReference(owner), kind: 'Lake' }] },
  })
  server.seed(jobs, { metadata: key('nobodys') })
  server.change(jobs, key('job'), { data: { done: 'yes' } })
  await turnUntil(() => calls.length === 3)

  t.deepEqual(calls, ['prod/a', 'prod/a', 'prod/a'])
})

test('is not woken by its own writes of status when it looks at the spec alone', async (t) => {
  const { calls, reconcile } = noting()
  const { server, turnUntil, settled } = await managed(t, {
    reconcile: async () => ({}),
    prepare: (manager) => {
      const sources = [watches(manager.informer(pools), onSpecChange)]
      manager.addController({ name: 'spec-only', reconcile, sources })
    },
  })
  server.seed(pools, pool('a'))
  await turnUntil(() => calls.length === 1)
  server.change(pools, key('a'), { status: { ready: 1 } }, 'status')
  await settled()
  t.is(calls.length, 1)
  server.change(pools, key('a'), { spec: { size: 2 } })
  await turnUntil(() => calls.length === 2)
  server.change(pools, key('a'), { metadata: { labels: { colour: 'red' } } })

  await t.notThrowsAsync(turnUntil(() => calls.length === 3))
})

test('is called for what others enqueue, at once and later', async (t) => {
  const { calls, reconcile } = noting()
  const { turnUntil, clock } = await managed(t, {
    reconcile,
    prepare: (manager) => {
      const extra = manager.addController({ name: 'extra', reconcile, sources: [] })
      extra.enqueue(key('now'))
      extra.enqueueAfter(key('later'), 5_000)
    },
  })
  await turnUntil(() => calls.length === 1)
  t.is(clock.monotonic(), 0)
  await turnUntil(() => calls.length === 2)

  t.deepEqual(calls, ['prod/now', 'prod/later'])
  t.is(clock.monotonic(), 5_000)
})

test('refuses to work on nothing at a time', async (t) => {
  await t.throwsAsync(managed(t, { reconcile: async () => ({}), controller: { maxConcurrent: 0 } }), {
    code: 'OPERATOR_MISUSE',
  })
})
