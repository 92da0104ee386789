import test from 'ava'

import { addFinalizer, hasFinalizer, isConflict, isDeleting, removeFinalizer } from '../src/index.ts'
import { key, pool, pools, world } from './helpers/world.ts'

const OURS = 'example.dev/stream'

test('keeps an object until its finalizer is removed', async (t) => {
  const { server, client } = await world(t)
  const kept = await addFinalizer(client, pools, server.seed(pools, pool('a')), OURS)
  t.true(hasFinalizer(kept, OURS))
  await client.delete(pools, key('a'))
  const deleting = await client.get(pools, key('a'))
  t.true(isDeleting(deleting))

  await removeFinalizer(client, pools, deleting, OURS)

  t.is(server.read(pools, key('a')), undefined)
})

test('leaves the finalizers of others alone', async (t) => {
  const { server, client } = await world(t)
  const object = server.seed(pools, { ...pool('a'), metadata: { ...key('a'), finalizers: ['theirs.dev/x'] } })
  const kept = await addFinalizer(client, pools, object, OURS)
  t.deepEqual(kept.metadata.finalizers, ['theirs.dev/x', OURS])

  await removeFinalizer(client, pools, kept, OURS)

  t.deepEqual(server.read(pools, key('a'))?.metadata.finalizers, ['theirs.dev/x'])
})

test('does not undo what another has changed meanwhile', async (t) => {
  const { server, client } = await world(t)
  const object = server.seed(pools, pool('a'))
  server.change(pools, key('a'), { metadata: { finalizers: ['theirs.dev/x'] } })

  t.true(isConflict(await t.throwsAsync(addFinalizer(client, pools, object, OURS))))
  t.deepEqual(server.read(pools, key('a'))?.metadata.finalizers, ['theirs.dev/x'])
})

test('writes nothing when there is nothing to do', async (t) => {
  const { server, client } = await world(t)
  const object = server.seed(pools, { ...pool('a'), metadata: { ...key('a'), finalizers: [OURS] } })
  await addFinalizer(client, pools, object, OURS)
  await removeFinalizer(client, pools, server.seed(pools, pool('b')), OURS)

  t.is(server.requests.length, 0)
})

test('is content when the object is gone already', async (t) => {
  const { server, client } = await world(t)
  const object = server.seed(pools, { ...pool('a'), metadata: { ...key('a'), finalizers: [OURS] } })
  server.change(pools, key('a'), { metadata: { finalizers: null } })
  server.remove(pools, key('a'))

  await t.notThrowsAsync(removeFinalizer(client, pools, object, OURS))
})
