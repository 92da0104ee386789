import test from 'ava'
import { Registry } from 'prom-client'

import { createWorkQueue, type QueueLimits } from '../../src/index.ts'
import { FakeClock, immediate } from '../../src/testing/index.ts'

function queueWith(limits: QueueLimits = {}) {
  const clock = new FakeClock()
  const registry = new Registry()
  return { clock, registry, queue: createWorkQueue({ name: 'pools', clock, registry, ...limits }) }
}

test('gives keys in the order they came', async (t) => {
  const { queue } = queueWith()
  queue.add('a')
  queue.add('b')

  t.deepEqual([await queue.take(), await queue.take()], ['a', 'b'])
})

test('holds a key once, however often it is added', async (t) => {
  const { queue } = queueWith()
  for (let i = 0; i < 5; i += 1) queue.add('a')

  t.is(queue.length, 1)
  await queue.take()
  t.is(queue.length, 0)
})

test('gives a key added during its work only when that work is done', async (t) => {
  const { queue } = queueWith()
  queue.add('a')
  await queue.take()
  queue.add('a')
  t.is(queue.length, 0)

  queue.done('a')

  t.is(await queue.take(), 'a')
})

test('hands a key to one who waits already', async (t) => {
  const { queue } = queueWith()
  const first = queue.take()
  const second = queue.take()
  queue.add('a')
  queue.add('b')

  t.deepEqual(await Promise.all([first, second]), ['a', 'b'])
})

test('stops waiting when the signal is aborted, and loses no key by it', async (t) => {
  const { queue } = queueWith()
  const impatient = new AbortController()
  const waiting = queue.take(impatient.signal)
  impatient.abort()
  queue.add('a')

  t.is(await waiting, undefined)
  t.is(await queue.take(AbortSignal.abort()), undefined)
  t.is(await queue.take(), 'a')
})

test('adds later, and the earlier of two times counts', async (t) => {
  const { queue, clock } = queueWith()
  queue.addAfter('a', 1_000)
  queue.addAfter('a', 100)
  queue.addAfter('a', 5_000)
  clock.advance(99)
  t.is(queue.length, 0)
  clock.advance(1)
  t.is(queue.length, 1)

  await queue.take()
  queue.done('a')
  clock.advance(10_000)

  t.is(queue.length, 0)
})

test('adds at once what is due in no time', (t) => {
  const { queue } = queueWith()
  queue.addAfter('a', 0)
  queue.addAfter('b', -5)

  t.is(queue.length, 2)
})

test('waits 5 ms after the first failure of a key, twice as long after each further one, 1,000 s at most', async (t) => {
  const { queue, clock } = queueWith({ burst: 1_000 })
  const waits: (number | undefined)[] = []
  for (let failure = 0; failure < 20; failure += 1) {
    queue.addRateLimited('a')
    waits.push(clock.nextInMs)
    clock.advance(1_000_000)
    queue.done((await queue.take()) ?? '')
  }

  t.deepEqual(waits.slice(0, 4), [5, 10, 20, 40])
  t.deepEqual(waits.slice(-3), [655_360, 1_000_000, 1_000_000])
  t.is(queue.retries('a'), 20)
})

test('begins the back-off anew once a key is forgotten', (t) => {
  const { queue, clock } = queueWith()
  queue.addRateLimited('a')
  queue.addRateLimited('a')
  queue.forget('a')
  clock.advance(60_000)
  queue.addRateLimited('b')
  t.is(queue.retries('a'), 0)

  queue.addRateLimited('a')

  t.is(clock.nextInMs, 5)
})

test('lets 10 keys a second through beyond a burst of 100', (t) => {
  const { queue, clock } = queueWith()
  for (let i = 0; i < 130; i += 1) queue.addRateLimited(`key-${i}`)
  clock.advance(10)
  t.is(queue.length, 100)
  clock.advance(990)
  t.is(queue.length, 110)
  clock.advance(2_000)
  t.is(queue.length, 130)
})

test('a key that fails again and again takes one turn of the rate at a time', async (t) => {
  const { queue, clock } = queueWith({ burst: 2 })
  queue.add('waiting')
  for (let failure = 0; failure < 1_000; failure += 1) {
    queue.addRateLimited('waiting')
    queue.addRateLimited('planned')
  }
  queue.addRateLimited('other')
  clock.advance(5)

  t.is(queue.length, 2)
  t.deepEqual([await queue.take(), await queue.take()], ['waiting', 'other'])
})

test('a back-off takes the place of what was planned before the failure', (t) => {
  const { queue, clock } = queueWith()
  queue.addAfter('a', 4_000)
  queue.addRateLimited('a', 30_000)

  t.is(clock.nextInMs, 30_000)
  t.is(clock.pending, 1)
})

test('waits at least as long as a caller asks, such as Retry-After', (t) => {
  const { queue, clock } = queueWith()
  queue.addRateLimited('a', 7_000)

  t.is(clock.nextInMs, 7_000)
})

test('finishes what waits after shut-down, and takes no more', async (t) => {
  const { queue, clock } = queueWith()
  queue.add('a')
  queue.addAfter('later', 10)
  const drained = queue.drained()
  queue.shutDown()
  queue.add('b')
  clock.advance(100)

  t.is(await queue.take(), 'a')
  t.is(await queue.take(), undefined)
  queue.done('a')
  await t.notThrowsAsync(drained)
})

test('wakes those who wait when it is shut down', async (t) => {
  const { queue } = queueWith()
  const waiting = queue.take()
  queue.shutDown()

  t.is(await waiting, undefined)
})

test('is not drained while a key is in work', async (t) => {
  const { queue } = queueWith()
  queue.add('a')
  await queue.take()
  let drained = false
  void queue.drained().then(() => (drained = true))
  queue.shutDown()
  await immediate()
  t.false(drained)

  queue.done('a')
  await immediate()

  t.true(drained)
})

test('measures depth, adds, retries, waiting and work under the names of client-go', async (t) => {
  const { queue, clock, registry } = queueWith()
  queue.add('a')
  queue.add('b')
  clock.advance(2_000)
  await queue.take()
  clock.advance(3_000)
  queue.addRateLimited('b')

  const text = await registry.metrics()

  const lines = [
    'workqueue_depth{name="pools",controller="pools"} 1',
    'workqueue_adds_total{name="pools",controller="pools"} 2',
    'workqueue_retries_total{name="pools",controller="pools"} 1',
    'workqueue_queue_duration_seconds_sum{name="pools",controller="pools"} 2',
    'workqueue_unfinished_work_seconds{name="pools",controller="pools"} 3',
    'workqueue_longest_running_processor_seconds{name="pools",controller="pools"} 3',
  ]
  for (const line of lines) t.true(text.includes(`${line}\n`), line)
  queue.done('a')
  t.true(
    (await registry.metrics()).includes(
      'workqueue_work_duration_seconds_sum{name="pools",controller="pools"} 3\n',
    ),
  )
})
