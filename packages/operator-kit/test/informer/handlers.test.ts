import test from 'ava'

import type { InformerEvent, InformerHandler } from '../../src/index.ts'
import { HandlerFeed, merge } from '../../src/informer/handlers.ts'
import { FakeClock, immediate } from '../../src/testing/index.ts'
import { pools, type Pool } from '../helpers/world.ts'

const sized = (size: number, name = 'a') =>
  ({
    apiVersion: pools.apiVersion,
    kind: pools.kind,
    metadata: { name, namespace: 'prod', uid: name, resourceVersion: String(size) },
    spec: { size },
  }) satisfies Pool

const added = (size: number, name?: string): InformerEvent<Pool> => ({
  type: 'added',
  object: sized(size, name),
})
const deleted = (size: number): InformerEvent<Pool> => ({ type: 'deleted', object: sized(size) })
const updated = (before: number, size: number): InformerEvent<Pool> => ({
  type: 'updated',
  object: sized(size),
  before: sized(before),
})

function feedOf(handler: InformerHandler<Pool>) {
  const clock = new FakeClock()
  const errors: unknown[] = []
  const feed = new HandlerFeed<Pool>(handler, {
    clock,
    random: () => 0.5,
    backoff: { first: 1_000, longest: 30_000 },
    onError: (error) => void errors.push(error),
  })
  return { clock, errors, feed }
}

/** Notes what it is told, and throws as often as asked to. */
function failing(times: number) {
  const told: string[] = []
  const handler: InformerHandler<Pool> = ({ type, object }) => {
    told.push(`${type} ${object.metadata.name} ${object.spec.size}`)
    if (told.length <= times) throw new Error('not yet')
  }
  return { told, handler }
}

test('tells a handler that threw again, after a back-off, until it takes it', (t) => {
  const { told, handler } = failing(2)
  const { clock, errors, feed } = feedOf(handler)
  feed.deliver(added(1))
  clock.advance(749)
  t.is(told.length, 1)
  clock.advance(1)
  t.is(told.length, 2)
  clock.advance(60_000)

  t.deepEqual(told, ['added a 1', 'added a 1', 'added a 1'])
  t.is(errors.length, 2)
  t.is(clock.pending, 0)
})

test('tells it the newest state, and at once when there is one', (t) => {
  const { told, handler } = failing(1)
  const { clock, feed } = feedOf(handler)
  feed.deliver(added(1))
  feed.deliver(updated(1, 2))
  clock.advance(60_000)

  t.deepEqual(told, ['added a 1', 'added a 2'])
})

test('does not let one object wait for another', (t) => {
  const { told, handler } = failing(1)
  const { feed } = feedOf(handler)
  feed.deliver(added(1, 'a'))
  feed.deliver(added(1, 'b'))

  t.deepEqual(told, ['added a 1', 'added b 1'])
})

test('tells a slow handler one event of an object after the other, skipping what is out of date', async (t) => {
  const told: string[] = []
  let finish: () => void = () => undefined
  const { feed } = feedOf(async ({ type, object }) => {
    told.push(`${type} ${object.spec.size}`)
    await new Promise<void>((resolve) => (finish = resolve))
  })
  feed.deliver(added(1))
  feed.deliver(updated(1, 2))
  feed.deliver(updated(2, 3))
  t.deepEqual(told, ['added 1'])
  finish()
  await immediate()
  t.deepEqual(told, ['added 1', 'updated 3'])
  finish()
  await immediate()

  feed.deliver(deleted(3))
  t.deepEqual(told, ['added 1', 'updated 3', 'deleted 3'])
})

test('says nothing more once stopped', (t) => {
  const { told, handler } = failing(1)
  const { clock, feed } = feedOf(handler)
  feed.deliver(added(1))
  feed.stop()
  feed.deliver(updated(1, 2))
  clock.advance(60_000)

  t.is(told.length, 1)
})

const merges = test.macro(
  (t, first: InformerEvent<Pool>, second: InformerEvent<Pool>, one: InformerEvent<Pool>) => {
    t.deepEqual(merge(first, second), one)
  },
)

test('makes added and updated one added', merges, added(1), updated(1, 2), added(2))
test('makes two updates one from the first to the last', merges, updated(1, 2), updated(2, 3), updated(1, 3))
test('makes updated and deleted one deleted', merges, updated(1, 2), deleted(2), deleted(2))
test('makes deleted and added again one updated', merges, deleted(1), added(2), updated(1, 2))
