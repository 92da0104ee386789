import test, { type ExecutionContext } from 'ava'

import type { Informer } from '../../src/index.ts'
import { expired, type Fault, type OpenWatch, StatusError, until } from '../../src/testing/index.ts'
import { key, type Pool, pool, pools, type World, world } from '../helpers/world.ts'

/** The longest it may take until an object made after the fault is seen. */
const FIGURE_MS = 35_000

interface Following {
  surroundings: World
  followed: Informer<Pool>
  watch: OpenWatch
}

async function following(t: ExecutionContext): Promise<Following> {
  const surroundings = await world(t)
  const { server, informer } = surroundings
  server.seed(pools, pool('early'))
  const followed = informer()
  followed.start()
  await until(() => server.watches('pools').length === 1 && followed.health().state === 'watching')
  const [watch] = server.watches('pools')
  if (watch === undefined) throw new Error('there is no watch')
  return { surroundings, followed, watch }
}

/** Troubles an open watch, makes an object, and measures how long it takes to be seen. */
const recovers = test.macro(async (t, trouble: (following: Following) => void | Promise<void>) => {
  const scene = await following(t)
  const { server, turnUntil } = scene.surroundings
  await trouble(scene)
  server.seed(pools, pool('late', 7))

  const tookMs = await turnUntil(() => scene.followed.get(key('late')) !== undefined, 200_000)

  t.true(tookMs <= FIGURE_MS, `it took ${tookMs} ms`)
  t.log(`seen after ${tookMs} ms`)
  t.deepEqual(
    scene.followed
      .list()
      .map(({ metadata }) => metadata.name)
      .sort(),
    ['early', 'late'],
  )
  await turnUntil(() => scene.followed.health().state === 'watching')
  server.change(pools, key('late'), { spec: { size: 8 } })
  await until(() => scene.followed.get(key('late'))?.spec.size === 8)
})

/** The watch ends and the next attempts meet the fault. */
const ended =
  (fault: Fault, times = 1) =>
  ({ surroundings: { server }, watch }: Following) => {
    server.faults.fail({ verb: 'watch' }, fault, times)
    watch.reset()
  }

test('recovers from 429', recovers, ended({ kind: 'status', status: 429 }, 3))
test('recovers from 500', recovers, ended({ kind: 'status', status: 500 }, 3))
test('recovers from a reset connection', recovers, ({ watch }: Following) => watch.reset())
test('recovers from resets of every attempt for a while', recovers, ended({ kind: 'reset' }, 4))
test('recovers from 410 as an answer', recovers, ({ surroundings: { server }, watch }: Following) => {
  server.seed(pools, pool('early-2'))
  server.remove(pools, key('early-2'))
  watch.reset()
  server.store.compact()
  server.faults.fail({ verb: 'watch' }, { kind: 'status', status: 410, reason: 'Expired' })
})
test('recovers from 410 inside the watch', recovers, ({ watch }: Following) => watch.fail(expired('too old')))
test('recovers from half-open silence', recovers, ({ watch }: Following) => watch.silence())
test('recovers from a list that never comes', recovers, ({ surroundings: { server }, watch }: Following) => {
  server.faults.fail({ verb: 'list' }, { kind: 'hang' })
  watch.fail(expired('too old'))
})
test('recovers from a watch that never opens', recovers, ended({ kind: 'hang' }))
test('recovers from a line that is not JSON', recovers, ({ watch }: Following) =>
  watch.sendLine('{"type":"ADD'),
)
test('recovers from a list that is not JSON', recovers, ({ surroundings: { server }, watch }: Following) => {
  server.faults.fail({ verb: 'list' }, { kind: 'text', text: '<html>' }, 2)
  watch.fail(expired('too old'))
})
test('recovers from an event broken off in the middle', recovers, ({ watch }: Following) => {
  watch.sendText('{"type":"ADDED","object":{"metadata":{"na')
  watch.end()
})
test('recovers from an event without a name', recovers, ({ watch }: Following) =>
  watch.sendLine('{"type":"ADDED","object":{"metadata":{}}}'),
)
test(
  'recovers from a list broken off in the middle',
  recovers,
  ({ surroundings: { server }, watch }: Following) => {
    server.faults.fail({ verb: 'list' }, { kind: 'half-answer' })
    watch.fail(expired('too old'))
  },
)
test('recovers from a handler that throws', recovers, ({ followed }: Following) => {
  followed.onEvent(() => {
    throw new Error('a bug')
  })
})
test('recovers from a handler that rejects', recovers, ({ followed }: Following) => {
  followed.onEvent(async () => Promise.reject(new Error('a bug')))
})
test('recovers from a server that is away for a minute', async (t) => {
  const { surroundings, followed } = await following(t)
  const { server, turnUntil, clock } = surroundings
  const port = Number(new URL(server.url).port)
  await server.stop()
  const began = clock.monotonic()
  await turnUntil(() => clock.monotonic() - began >= 60_000)
  await server.listen(port)
  server.seed(pools, pool('late'))

  const tookMs = await turnUntil(() => followed.get(key('late')) !== undefined)

  t.true(tookMs <= FIGURE_MS, `it took ${tookMs} ms`)
})

test('waits as long as Retry-After says', async (t) => {
  const { surroundings, watch } = await following(t)
  const { server, turnUntil } = surroundings
  server.faults.fail({ verb: 'watch' }, { kind: 'status', status: 429, retryAfterSeconds: 20 })
  watch.reset()
  await turnUntil(() => server.requests.filter(({ verb }) => verb === 'watch').length === 2)

  const tookMs = await turnUntil(() => server.watches('pools').length === 1)

  t.true(tookMs >= 20_000 && tookMs <= 22_500, `it waited ${tookMs} ms`)
})

test('waits longer after each failure, up to 30 s, and not at all once it is well', async (t) => {
  const { surroundings, watch, followed } = await following(t)
  const { server, turnUntil } = surroundings
  const well = server.faults.failAlways({ verb: 'watch' }, { kind: 'reset' })
  watch.reset()
  const attempts = () => server.requests.filter(({ verb }) => verb === 'watch').length
  await turnUntil(() => attempts() >= 9)
  const at = server.requests.filter(({ verb }) => verb === 'watch').map((request) => request.at)
  const waits = at.slice(2).map((moment, i) => moment - (at[i + 1] ?? 0))
  // The fake's random number is 0.5, so each wait is three quarters of its whole.
  t.deepEqual(waits.slice(0, 7), [1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500])

  well()
  await turnUntil(() => followed.health().state === 'watching')
  await turnUntil(() => followed.health().failures === 0)
  t.is(followed.health().lastError, undefined)
})

test('does not hammer a server that closes each watch at once', async (t) => {
  const { surroundings, watch } = await following(t)
  const { server, turnUntil, clock } = surroundings
  const well = server.faults.failAlways({ verb: 'watch' }, { kind: 'text', text: '' })
  watch.end()
  const began = clock.monotonic()
  await turnUntil(() => clock.monotonic() - began >= 60_000)
  well()

  t.true(server.requests.filter(({ verb }) => verb === 'watch').length <= 9)
})

test('lists anew when the server refuses to go on twice, but not when it is only away', async (t) => {
  const refused = await following(t)
  const { server, turnUntil } = refused.surroundings
  server.faults.fail({ verb: 'watch' }, { kind: 'status', status: 500 }, 2)
  refused.watch.reset()
  await turnUntil(() => server.watches('pools').length === 1)
  t.is(server.requests.filter(({ verb }) => verb === 'list').length, 2)

  server.faults.fail({ verb: 'watch' }, { kind: 'reset' }, 4)
  server.watches('pools')[0]?.reset()
  await turnUntil(() => server.watches('pools').length === 1)
  t.is(server.requests.filter(({ verb }) => verb === 'list').length, 2)
})

test('goes on where it was after an error event that asks to come back later', async (t) => {
  const { surroundings, watch } = await following(t)
  const { server, turnUntil } = surroundings
  watch.fail(new StatusError(429, 'TooManyRequests', 'come back later'))
  await turnUntil(() => server.watches('pools').length === 1 && server.watches('pools')[0] !== watch)

  t.is(server.requests.filter(({ verb }) => verb === 'list').length, 1)
})

test('sees an event within a second after ten quiet minutes', async (t) => {
  const { surroundings, followed } = await following(t)
  const { server, turnUntil, clock, metric } = surroundings
  const began = clock.monotonic()
  await turnUntil(() => clock.monotonic() - began >= 600_000)
  server.seed(pools, pool('late'))

  const tookMs = await turnUntil(() => followed.get(key('late')) !== undefined)

  t.true(tookMs <= 1_000, `it took ${tookMs} ms`)
  t.is(await metric('operator_informer_failures_total'), 0)
  t.is(await metric('operator_informer_lists_total', { purpose: 'resume' }), 0)
})

test('keeps one watch and no connection more through a hundred reconnects', async (t) => {
  const { surroundings } = await following(t)
  const { server, turnUntil } = surroundings
  for (let i = 0; i < 100; i += 1) {
    const [watch] = server.watches('pools')
    watch?.reset()
    await turnUntil(() => server.watches('pools').some((other) => other !== watch))
  }

  t.is(server.watches('pools').length, 1)
  await t.notThrowsAsync(until(() => server.openConnections <= 2))
})

test('tells what is wrong while it is', async (t) => {
  const { surroundings, watch, followed } = await following(t)
  const { server, metric } = surroundings
  server.faults.fail({ verb: 'watch' }, { kind: 'status', status: 403, reason: 'Forbidden' })
  watch.reset()
  await surroundings.turnUntil(() => followed.health().failures === 2)

  const { state, lastError, synced } = followed.health()
  t.is(state, 'waiting')
  t.regex(lastError ?? '', /watch pools was refused with 403/)
  t.true(synced)
  t.is(await metric('operator_informer_failures_total', { cause: '403' }), 1)
  t.is(await metric('operator_informer_failures_total', { cause: 'unreachable' }), 1)
})
