import test from 'ava'

import { controllerReference, defineResource, isGone, isInvalid, isNotFound } from '../../src/index.ts'
import { FakeApiServer } from '../../src/testing/index.ts'
import { key, type Pool, pool, pools, world } from '../helpers/world.ts'

const configMaps = defineResource({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
})
const namespaces = defineResource({
  apiVersion: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
})

test('stores nothing anew that has not changed', async (t) => {
  const { server, client } = await world(t)
  const made = server.seed(pools, pool('a'))
  const { version } = server.store
  await client.update(pools, made)
  await client.patch(pools, key('a'), { spec: { size: 1 } })
  await client.apply(pools, { metadata: key('a'), spec: { size: 1 } })

  t.is(server.store.version, version)
})

test('counts generations of the spec, not of status and labels', async (t) => {
  const { server, client } = await world(t)
  server.seed(pools, pool('a'))
  await client.applyStatus(pools, { metadata: key('a'), status: { ready: 1 } })
  const labelled = await client.patch(pools, key('a'), { metadata: { labels: { colour: 'red' } } })
  t.is(labelled.metadata.generation, 1)
  const grown = await client.patch(pools, key('a'), { spec: { size: 2 } })

  t.is(grown.metadata.generation, 2)
})

test('keeps spec and status apart', async (t) => {
  const { client } = await world(t)
  const made = await client.create(pools, { ...pool('a'), status: { ready: 9 } })
  t.is(made.status, undefined)
  const both = { ...made, spec: { size: 5 }, status: { ready: 3 } }
  const updated = await client.update(pools, both)
  t.is(updated.status, undefined)
  const status = await client.update(
    pools,
    { ...updated, spec: { size: 7 }, status: { ready: 3 } },
    { subresource: 'status' },
  )

  t.deepEqual(status.spec, { size: 5 })
  t.deepEqual(status.status, { ready: 3 })
})

test('deletes with an object what only that object kept', async (t) => {
  const { server, client } = await world(t)
  const owner = server.seed(pools, pool('a'))
  const other = server.seed(pools, pool('b'))
  const owned = (name: string, owners: Pool[]) =>
    server.seed(configMaps, { metadata: { ...key(name), ownerReferences: owners.map(controllerReference) } })
  owned('one-owner', [owner])
  owned('two-owners', [owner, other])
  await client.delete(pools, key('a'))

  t.is(server.read(configMaps, key('one-owner')), undefined)
  t.truthy(server.read(configMaps, key('two-owners')))
})

test('lists one moment, whatever happens between its pages', async (t) => {
  const { server, client } = await world(t)
  for (const name of ['a', 'b', 'c', 'd']) server.seed(pools, pool(name))
  const second = server.faults.hold({ verb: 'list' })
  const listing = client.list(pools, { pageSize: 2 })
  await second.arrived
  second.release()
  const third = server.faults.hold({ verb: 'list' })
  await third.arrived
  server.remove(pools, key('d'))
  third.release()

  t.deepEqual(
    (await listing).items.map(({ metadata }) => metadata.name),
    ['a', 'b', 'c', 'd'],
  )
})

test('lists by labels, fields and namespace', async (t) => {
  const { server, client } = await world(t)
  const labelled = (name: string, colour: string) => ({
    ...pool(name),
    metadata: { ...key(name), labels: { colour } },
  })
  server.seed(pools, labelled('a', 'red'))
  server.seed(pools, labelled('b', 'blue'))
  server.seed(pools, pool('c'))
  server.seed(pools, {
    metadata: { name: 'd', namespace: 'test', labels: { colour: 'red' } },
    spec: { size: 1 },
  })
  const names = async (options: object) =>
    (await client.list(pools, options)).items.map(({ metadata }) => metadata.name).join('')

  t.is(await names({ labelSelector: 'colour=red' }), 'ad')
  t.is(await names({ labelSelector: 'colour=red', namespace: 'prod' }), 'a')
  t.is(await names({ labelSelector: 'colour!=red' }), 'bc')
  t.is(await names({ labelSelector: 'colour' }), 'abd')
  t.is(await names({ labelSelector: '!colour' }), 'c')
  t.is(await names({ labelSelector: 'colour in (red,blue),colour notin (red)' }), 'b')
  t.is(await names({ fieldSelector: 'metadata.name=c' }), 'c')
})

test('refuses what it does not know or what a kind finds wrong', async (t) => {
  const positive = {
    ...pools,
    validate: (object: object) => ((object as Pool).spec.size < 0 ? 'spec.size: below 0' : undefined),
  }
  const { client } = await world(t, { kinds: [positive] })
  const error = await t.throwsAsync(client.create(pools, pool('a', -1)))
  t.true(isInvalid(error))
  t.regex(error.message, /spec.size: below 0/)
  const lakes = defineResource({ ...pools, kind: 'Lake', plural: 'lakes' })
  t.like(await t.throwsAsync(client.list(lakes)), { status: 404, reason: undefined })
  t.true(isNotFound(await t.throwsAsync(client.get(pools, key('a'), { subresource: 'scale' }))))
})

test('knows kinds without a namespace', async (t) => {
  const { client, server } = await world(t)
  await client.create(namespaces, { metadata: { name: 'prod' } })

  t.is(server.read(namespaces, { namespace: '', name: 'prod' })?.kind, 'Namespace')
  t.is((await client.list(namespaces)).items.length, 1)
})

test('answers 410 to one who has been away for too long', async (t) => {
  await using server = await FakeApiServer.start({ kinds: [pools] })
  server.seed(pools, pool('a'))
  server.store.compact()
  const response = await fetch(`${server.url}/apis/example.dev/v1/pools?watch=true&resourceVersion=1`)
  t.is(response.status, 410)
  t.like(await response.json(), { kind: 'Status', reason: 'Expired', code: 410 })
  t.false(isGone(new Error('other')))
})

test('sends bookmarks and ends watches by its own clock', async (t) => {
  const { server, clock, informer, turnUntil } = await world(t, { bookmarkMs: 60_000 })
  const followed = informer({ timing: { silenceMs: 120_000 } })
  followed.start()
  await turnUntil(() => server.watches('pools').length === 1)
  const [watch] = server.watches('pools')
  await turnUntil(() => clock.monotonic() > 70_000)
  t.true(followed.health().silentForMs <= 11_000)
  await turnUntil(() => watch?.isOpen === false)

  t.true(clock.monotonic() >= 300_000 && clock.monotonic() <= 610_000)
})
