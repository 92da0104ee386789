import test, { type ExecutionContext } from 'ava'

import { until } from '../../src/testing/index.ts'
import { compareWithList } from '../../src/informer/drift.ts'
import { compareVersions } from '../../src/informer/versions.ts'
import { key, type Pool, pool, pools, world } from '../helpers/world.ts'

async function following(t: ExecutionContext, relistMs = 0) {
  const surroundings = await world(t)
  const { server, informer } = surroundings
  for (const name of ['kept', 'changed', 'removed']) server.seed(pools, pool(name))
  const followed = informer({ timing: { relistMs } })
  followed.start()
  await until(() => server.watches('pools').length === 1 && followed.health().state === 'watching')
  const lose = () => {
    server.watches('pools')[0]?.dropNext(3)
    server.seed(pools, pool('made'))
    server.change(pools, key('changed'), { spec: { size: 9 } })
    server.remove(pools, key('removed'))
  }
  return { ...surroundings, followed, lose }
}

test('puts right and counts what its watch has missed', async (t) => {
  const { server, followed, lose, turnUntil, metric } = await following(t)
  const events: string[] = []
  followed.onEvent(({ type, object }) => void events.push(`${type} ${object.metadata.name}`))
  const before = server.watches('pools')[0]
  lose()
  let done = false
  void followed.relist().then(() => (done = true))
  await turnUntil(() => done)

  t.deepEqual(events.slice(3).sort(), ['added made', 'deleted removed', 'updated changed'])
  for (const change of ['added', 'updated', 'deleted']) {
    t.is(await metric('operator_informer_drift_total', { change }), 1, change)
  }
  // A watch that has lost events is not kept.
  await turnUntil(() => server.watches('pools').some((watch) => watch !== before))
  await turnUntil(() => server.watches('pools').length === 1)
  server.seed(pools, pool('later'))
  await t.notThrowsAsync(until(() => followed.get(key('later')) !== undefined))
})

test('looks every ten minutes by itself', async (t) => {
  const { server, followed, lose, turnUntil, metric } = await following(t, 600_000)
  lose()
  // It takes what it lost for told, so it does not come back with the next connection.
  server.watches('pools')[0]?.bookmark()

  const tookMs = await turnUntil(() => followed.get(key('made')) !== undefined, 800_000)

  t.true(tookMs >= 540_000 && tookMs <= 670_000, `after ${tookMs} ms`)
  t.is(await metric('operator_informer_drift_total'), 3)
})

test('does not count what the watch is only late with', async (t) => {
  const { server, followed, turnUntil, settled, metric, clock } = await following(t)
  const list = server.faults.hold({ verb: 'list' })
  let done = false
  void followed.relist().then(() => (done = true))
  await list.arrived
  // The list will show a change that the watch has not told yet; it does within the grace.
  const [watch] = server.watches('pools')
  watch?.dropNext(1)
  const changed = server.change<Pool>(pools, key('changed'), { spec: { size: 4 } })
  list.release()
  await settled()
  clock.advance(2_000)
  watch?.sendLine(JSON.stringify({ type: 'MODIFIED', object: changed }))
  await turnUntil(() => done)

  t.is(followed.get(key('changed'))?.spec.size, 4)
  t.is(await metric('operator_informer_drift_total'), 0)
  t.is(server.watches('pools')[0], watch)
})

test('looks again when the watch was replaced in the middle', async (t) => {
  const { server, followed, lose, turnUntil, settled, metric } = await following(t)
  lose()
  let done = false
  void followed.relist().then(() => (done = true))
  await settled()
  const [watch] = server.watches('pools')
  watch?.reset()
  await turnUntil(() => server.watches('pools').some((other) => other !== watch))
  await turnUntil(() => done)

  // The new watch began where the old one was and told what that had lost: no drift any more.
  t.is(followed.get(key('made'))?.spec.size, 1)
  t.is(await metric('operator_informer_drift_total'), 0)
})

test('leaves the cache alone when the list fails', async (t) => {
  const { server, followed, metric } = await following(t)
  server.faults.fail({ verb: 'list' }, { kind: 'status', status: 500 })
  await followed.relist()

  t.is(followed.list().length, 3)
  t.is(followed.health().state, 'watching')
  t.is(await metric('operator_informer_failures_total', { cause: '500' }), 1)
})

test('writes nothing and lists nothing before it is started', async (t) => {
  const { server, informer } = await world(t)
  await informer().relist()

  t.is(server.requests.length, 0)
})

const at = (name: string, resourceVersion: string) =>
  ({
    ...pools,
    metadata: { name, namespace: 'prod', uid: name, resourceVersion },
    spec: { size: 1 },
  }) satisfies Pool

test('tells drift from what happened after the list', (t) => {
  const list = {
    resourceVersion: '100',
    items: [at('old', '90'), at('same', '50'), at('deleted-since', '60')],
  }
  const cached = [at('old', '80'), at('same', '50'), at('new-since', '101'), at('gone', '70')]

  const { added, updated, deleted } = compareWithList(list, cached, new Set(['prod/deleted-since']))

  t.deepEqual(added, [])
  t.deepEqual(
    updated.map(({ metadata }) => metadata.name),
    ['old'],
  )
  t.deepEqual(
    deleted.map(({ metadata }) => metadata.name),
    ['gone'],
  )
})

test('compares resource versions as numbers of any length, and only those', (t) => {
  t.true((compareVersions('99999999999999999999', '100000000000000000000') ?? 0) < 0)
  t.true((compareVersions('10', '9') ?? 0) > 0)
  t.is(compareVersions('abc', 'abc'), 0)
  t.is(compareVersions('abc', '9'), undefined)
})
