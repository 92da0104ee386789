import test from 'ava'

import {
  addFinalizer,
  conditionsOf,
  controllerReference,
  defineResource,
  type Reconcile,
} from '../../src/index.ts'
import { key, type Pool, pool, pools, type World, world } from '../helpers/world.ts'
import { manage } from '../helpers/managed.ts'

const configMaps = defineResource({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
})

/** A controller of four writes: finalizer, a status that says what is under way, an owned object, and what came of it. */
function reconcilerOf({ client, clock }: Pick<World, 'client' | 'clock'>): Reconcile {
  const report = async ({ metadata, status }: Pool, phase: 'ready' | 'reconciling') => {
    const said = { phase, reason: 'Tested', message: 'It is tested.' }
    const previous = status?.conditions as never
    const context = { generation: metadata.generation, previous, now: clock.now() }
    await client.applyStatus(pools, {
      metadata: key(metadata.name),
      status: { conditions: conditionsOf(said, context) },
    })
  }
  return async (at) => {
    const found = await client.find(pools, at)
    if (found === undefined) return {}
    const kept = await addFinalizer(client, pools, found, 'example.dev/kit')
    if (kept.status?.conditions === undefined) await report(kept, 'reconciling')
    const ownerReferences = [controllerReference(kept)]
    await client.apply(configMaps, { metadata: { ...at, ownerReferences } })
    await report(kept, 'ready')
    return {}
  }
}

/** The world as far as it matters: without versions and times. */
function outcome({ server }: World) {
  const { status, metadata } = server.read<Pool>(pools, key('a')) ?? {}
  const conditions = (status?.conditions ?? []) as { type: string; status: string }[]
  return {
    finalizers: metadata?.finalizers,
    conditions: conditions.map(({ type, status: is }) => `${type}=${is}`),
    owned: server.readAll(configMaps).map((object) => object.metadata.name),
  }
}

const WANTED = {
  finalizers: ['example.dev/kit'],
  conditions: ['Ready=True', 'Reconciling=False', 'Stalled=False'],
  owned: ['a'],
}

const converges = test.macro(async (t, write: number) => {
  const surroundings = await world(t)
  const { server } = surroundings
  server.seed(pools, pool('a'))
  const start = (identity: string) => {
    const one = manage(t, surroundings, {
      manager: { identity },
      reconcile: async (at, signal) =>
        reconcilerOf({ client: one.manager.client, clock: one.clock })(at, signal),
    })
    return one
  }
  let crashed = false
  void server.crashAfter('first', write).then(() => (crashed = true))
  const first = start('first')
  await first.turnUntil(() => crashed)
  t.is(server.writes.length, write)
  const second = start('second')
  await second.turnUntil(async () => (await second.metric('controller_runtime_reconcile_total')) >= 1)
  await second.turnUntil(() => second.manager.ready().every(({ ok }) => ok))

  t.deepEqual(outcome(surroundings), WANTED)
  t.is(await second.metric('controller_runtime_reconcile_errors_total'), 0)
})

test('converges after a crash behind the first write', converges, 1)
test('converges after a crash behind the second write', converges, 2)
test('converges after a crash behind the third write', converges, 3)
test('converges after a crash behind the fourth write', converges, 4)
