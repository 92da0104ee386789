import test from 'ava'

import { type InformerEvent, withoutManagedFields } from '../../src/index.ts'
import { until } from '../../src/testing/index.ts'
import { key, type Pool, pool, pools, world } from '../helpers/world.ts'

test('lists what there is, then follows each change', async (t) => {
  const { server, informer } = await world(t)
  server.seed(pools, pool('a'))
  const followed = informer()
  const events: string[] = []
  followed.onEvent(({ type, object }) => void events.push(`${type} ${object.metadata.name}`))
  followed.start()
  await followed.whenSynced()
  t.deepEqual(events, ['added a'])
  await until(() => server.watches('pools').length === 1)

  server.seed(pools, pool('b'))
  server.change(pools, key('a'), { spec: { size: 5 } })
  server.remove(pools, key('b'))
  await until(() => events.length === 4)

  t.deepEqual(events, ['added a', 'added b', 'updated a', 'deleted b'])
  t.is(followed.get(key('a'))?.spec.size, 5)
  t.is(followed.get(key('b')), undefined)
})

test('says what an object was before', async (t) => {
  const { server, informer } = await world(t)
  server.seed(pools, pool('a', 1))
  const followed = informer()
  const events: InformerEvent<Pool>[] = []
  followed.onEvent((event) => void events.push(event))
  followed.start()
  await until(() => server.watches('pools').length === 1)
  server.change(pools, key('a'), { spec: { size: 2 } })
  await until(() => events.length === 2)

  const [, updated] = events
  t.is(updated?.type === 'updated' && updated.before.spec.size, 1)
  t.is(updated?.object.spec.size, 2)
})

test('reads a long list in pages', async (t) => {
  const { server, informer } = await world(t)
  for (let i = 0; i < 25; i += 1) server.seed(pools, pool(`pool-${i}`))
  const followed = informer({ timing: { pageSize: 10 } })
  followed.start()
  await followed.whenSynced()

  t.is(followed.list().length, 25)
  t.is(server.requests.filter(({ verb }) => verb === 'list').length, 3)
})

test('reads the list in one piece when its pages expire on the way', async (t) => {
  const { server, informer } = await world(t)
  for (let i = 0; i < 25; i += 1) server.seed(pools, pool(`pool-${i}`))
  const second = server.faults.hold({ verb: 'list' })
  const followed = informer({ timing: { pageSize: 10 } })
  followed.start()
  await second.arrived
  second.release()
  const third = server.faults.hold({ verb: 'list' })
  await third.arrived
  server.lists.expire()
  third.release()
  await followed.whenSynced()

  t.is(followed.list().length, 25)
  t.is(server.requests.at(-1)?.query.limit ?? 'none', 'none')
})

test('finds objects by namespace and by index, also after they have moved', async (t) => {
  const { server, informer } = await world(t)
  server.seed(pools, { ...pool('a'), spec: { size: 1, queue: 'x' } })
  server.seed(pools, { ...pool('b'), spec: { size: 1, queue: 'x' } })
  server.seed(pools, { metadata: { name: 'c', namespace: 'test' }, spec: { size: 1 } })
  const followed = informer({
    indexes: { queue: ({ spec }) => (spec.queue === undefined ? [] : [spec.queue]) },
  })
  followed.start()
  await until(() => server.watches('pools').length === 1)
  const names = (objects: readonly Pool[]) => objects.map(({ metadata }) => metadata.name).sort()
  t.deepEqual(names(followed.byIndex('queue', 'x')), ['a', 'b'])
  t.is(followed.countByIndex('queue', 'x'), 2)
  t.deepEqual(names(followed.list('test')), ['c'])

  server.change(pools, key('b'), { spec: { queue: 'y' } })
  server.remove(pools, key('a'))
  await until(() => followed.byIndex('queue', 'y').length === 1)

  t.deepEqual(names(followed.byIndex('queue', 'x')), [])
  t.is(followed.countByIndex('queue', 'x'), 0)
  t.throws(() => followed.byIndex('colour', 'x'), { code: 'OPERATOR_MISUSE' })
  t.throws(() => followed.countByIndex('colour', 'x'), { code: 'OPERATOR_MISUSE' })
})

test('keeps no record of who set which field when it is told to', async (t) => {
  const { server, informer } = await world(t)
  server.seed(pools, pool('a'))
  const followed = informer({ transform: withoutManagedFields<Pool> })
  followed.start()
  await followed.whenSynced()

  t.truthy(server.read(pools, key('a'))?.metadata.managedFields)
  t.like(followed.get(key('a')), { spec: { size: 1 }, metadata: { name: 'a', managedFields: undefined } })
})

test('keeps objects that nobody can change by accident', async (t) => {
  const { server, informer } = await world(t)
  server.seed(pools, pool('a'))
  const followed = informer()
  followed.start()
  await followed.whenSynced()
  const object = followed.get(key('a'))

  t.throws(() => Object.assign(object?.spec ?? {}, { size: 9 }), { instanceOf: TypeError })
})

test('tells a handler that comes late what there is already, and none that has left', async (t) => {
  const { server, informer } = await world(t)
  server.seed(pools, pool('a'))
  const followed = informer()
  followed.start()
  await until(() => server.watches('pools').length === 1)
  const events: string[] = []
  const leave = followed.onEvent(({ type }) => void events.push(type))
  leave()
  server.seed(pools, pool('b'))
  await until(() => followed.list().length === 2)

  t.deepEqual(events, ['added'])
})

test('follows only what its scope selects, and lets go of what leaves it', async (t) => {
  const { server, informer } = await world(t)
  const red = { ...pool('a'), metadata: { ...pool('a').metadata, labels: { colour: 'red' } } }
  server.seed(pools, red)
  server.seed(pools, pool('b'))
  server.seed(pools, {
    metadata: { name: 'c', namespace: 'test', labels: { colour: 'red' } },
    spec: { size: 1 },
  })
  const followed = informer({ namespace: 'prod', labelSelector: 'colour=red' })
  followed.start()
  await until(() => server.watches('pools').length === 1)
  t.is(followed.list().length, 1)

  server.change(pools, key('a'), { metadata: { labels: { colour: 'blue' } } })

  await t.notThrowsAsync(until(() => followed.list().length === 0))
})

test('trims objects before it keeps them', async (t) => {
  const { server, informer } = await world(t)
  server.seed(pools, pool('a'))
  const transform = (object: Pool): Pool => {
    const { name, namespace = '', uid, resourceVersion } = object.metadata
    return { ...object, metadata: { name, namespace, uid, resourceVersion } }
  }
  const followed = informer({ transform })
  followed.start()
  await followed.whenSynced()

  t.is(followed.get(key('a'))?.metadata.managedFields, undefined)
})

test('keeps the object when a function of the caller throws at it', async (t) => {
  const { server, informer } = await world(t)
  server.seed(pools, pool('a'))
  const bad = () => {
    throw new Error('a bug')
  }
  const followed = informer({ indexes: { bad }, transform: bad })
  followed.start()
  await followed.whenSynced()

  t.is(followed.list().length, 1)
  t.deepEqual(followed.byIndex('bad', 'x'), [])
})

test('goes on from the last bookmark, so a quiet kind is not listed again after the log is gone', async (t) => {
  const { server, informer, metric } = await world(t)
  const followed = informer()
  followed.start()
  await until(() => server.watches('pools').length === 1)
  server.seed({ ...pools, plural: 'configmaps', apiVersion: 'v1' }, pool('elsewhere'))
  const [watch] = server.watches('pools')
  watch?.bookmark()
  await until(() => followed.health().silentForMs === 0)
  server.store.compact()
  server.seed(pools, pool('a'))
  await until(() => followed.list().length === 1)

  t.is(await metric('operator_informer_lists_total'), 1)
})

test('stops for good and leaves no connection behind', async (t) => {
  const { server, clock, informer } = await world(t)
  const followed = informer()
  followed.start()
  await until(() => server.watches('pools').length === 1)
  await followed.stop()
  await until(() => server.watches('pools').length === 0)
  clock.advance(3_600_000)

  t.is(followed.health().state, 'stopped')
  t.is(clock.pending, 0)
})

test('gives up waiting for the first list when asked to', async (t) => {
  const { server, informer } = await world(t)
  server.faults.fail({ verb: 'list' }, { kind: 'hang' })
  const followed = informer()
  followed.start()

  await t.throwsAsync(followed.whenSynced(AbortSignal.abort(new Error('enough'))), { message: 'enough' })
})
