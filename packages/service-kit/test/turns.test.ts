import { setImmediate as turn } from 'node:timers/promises'

import test from 'ava'
import fc from 'fast-check'

import { createTurns } from '../src/turns.ts'
import type { Service } from '../src/types.ts'
import { world } from './helpers/world.ts'

const PATIENCE_MS = 10_000

/** Turns by a clock that only work moves, and a way to let everybody have theirs. */
function withClock(sliceMs: number) {
  let now = 0
  const { take, oldestMs } = createTurns({ sliceMs, patienceMs: PATIENCE_MS, monotonicMs: () => now })
  const takeTurn = (begin: () => void, refuse: () => void = () => undefined) => take(begin, refuse)
  return { takeTurn, oldestMs, work: (ms: number) => void (now += ms) }
}

test('who comes when nobody waits begins at once', (t) => {
  const { takeTurn } = withClock(10)
  let began = false
  takeTurn(() => (began = true))

  t.true(began)
})

test('whoever comes, and whenever, all begin once and in the order in which they came', async (t) => {
  const crowd = fc.array(fc.record({ cost: fc.nat(30), later: fc.boolean() }), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(crowd, async (visitors) => {
      const { takeTurn, work } = withClock(10)
      const began: number[] = []
      for (const [number, { cost, later }] of visitors.entries()) {
        if (later) await turn()
        takeTurn(() => {
          began.push(number)
          work(cost)
        })
      }
      while (began.length < visitors.length) await turn()
      await turn()
      return began.every((number, place) => number === place) && began.length === visitors.length
    }),
    { numRuns: 200 },
  )
  t.pass()
})

test('what was begun goes on before the crowd behind it has begun', async (t) => {
  const { takeTurn, work } = withClock(10)
  const said: string[] = []
  const begin = (name: string) =>
    takeTurn(() => {
      work(6)
      said.push(`${name} begins`)
      setImmediate(() => said.push(`${name} goes on`))
    })
  for (const name of ['a', 'b', 'c', 'd', 'e']) begin(name)
  while (said.length < 10) await turn()

  t.deepEqual(said.slice(0, 2), ['a begins', 'b begins'])
  t.true(said.indexOf('a goes on') < said.indexOf('e begins'))
})

test('what a request does before it first waits for somebody belongs to its slice', async (t) => {
  const { takeTurn, work } = withClock(10)
  let turns = 0
  const begunInTurn: number[] = []
  const count = () => {
    turns++
    if (begunInTurn.length < 6) setImmediate(count)
  }
  setImmediate(count)
  takeTurn(() => work(10)) // Nobody else may begin in this turn.
  for (let number = 0; number < 6; number++) {
    takeTurn(() => {
      void Promise.resolve().then(() => {
        work(10)
        begunInTurn.push(turns)
      })
    })
  }
  while (begunInTurn.length < 6) await turn()

  t.is(new Set(begunInTurn).size, 6)
})

test('a probe is answered while a crowd waits', async (t) => {
  const order: string[] = []
  const { app } = await world(t, (service) => {
    service.get('/slow', { config: { permission: 'public', rateLimit: false } }, () => {
      // A slice's worth of work.
      for (const end = performance.now() + 12; performance.now() < end;);
      order.push('slow')
      return {}
    })
  })
  const crowd = Array.from({ length: 20 }, async () => app.inject('/slow'))
  const probe = app.inject('/livez').then(({ statusCode }) => {
    order.push('probe')
    return statusCode
  })

  t.is(await probe, 200)
  const answers = await Promise.all(crowd)
  t.true(answers.every(({ statusCode }) => statusCode === 200))
  t.true(order.indexOf('probe') < order.length - 1)
})

test('how long the longest waiting has waited is known, and nothing when nobody waits', async (t) => {
  const { takeTurn, oldestMs, work } = withClock(10)
  t.is(oldestMs(), 0)
  takeTurn(() => work(10))
  takeTurn(() => work(1))
  work(5)
  takeTurn(() => work(1))
  work(7)
  t.is(oldestMs(), 12)
  while (oldestMs() > 0) await turn()
  await turn()
  t.is(oldestMs(), 0)
})

test('who has waited too long is refused, and those behind who have not begin', async (t) => {
  const { takeTurn, work } = withClock(10)
  const said: string[] = []
  const come = (name: string) =>
    takeTurn(
      () => said.push(`${name} begins`),
      () => said.push(`${name} is refused`),
    )
  takeTurn(() => work(10))
  come('early')
  work(PATIENCE_MS)
  come('late')
  work(1)
  while (said.length < 2) await turn()

  t.deepEqual(said, ['early is refused', 'late begins'])
})

test('however long a crowd waits, everybody begins or is refused, once, and nobody begins who waited too long', async (t) => {
  const crowd = fc.array(fc.record({ cost: fc.nat(4_000), later: fc.boolean() }), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(crowd, async (visitors) => {
      const { takeTurn, work } = withClock(10)
      let now = 0
      const ends: { number: number; begun: boolean; waited: number }[] = []
      for (const [number, { cost, later }] of visitors.entries()) {
        if (later) await turn()
        const came = now
        const begin = () => {
          ends.push({ number, begun: true, waited: now - came })
          work(cost)
          now += cost
        }
        takeTurn(begin, () => ends.push({ number, begun: false, waited: now - came }))
      }
      while (ends.length < visitors.length) await turn()
      await turn()
      return (
        ends.length === visitors.length &&
        ends.every(({ number, begun, waited }, place) => number === place && begun === waited <= PATIENCE_MS)
      )
    }),
    { numRuns: 200 },
  )
  t.pass()
})

const connectionsOf = async ({ server }: Service) =>
  new Promise<number>((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
  })

test('who has gone before its turn is not begun, and counted', async (t) => {
  const held: (() => void)[] = []
  let begun = 0
  const routes = (service: Service) => {
    service.get('/asked', { config: { permission: 'public', rateLimit: false } }, () => ({ begun: ++begun }))
  }
  const turns = { take: (begin: () => void) => void held.push(begin), oldestMs: () => 0 }
  const { app } = await world(t, routes, { turns })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const impatient = new AbortController()
  const asked = fetch(`${address}/asked`, { signal: impatient.signal })
  while (held.length === 0) await turn()
  impatient.abort()
  await t.throwsAsync(asked)
  while ((await connectionsOf(app)) > 0) await turn()
  for (const begin of held) begin()
  const figures = (await app.inject('/metrics')).body

  t.is(begun, 0)
  t.regex(figures, /^http_requests_abandoned_total\{[^}]*\} 1$/m)
})

test('who has waited too long is told when to come again, nothing of its request begins, and it is counted', async (t) => {
  const refusals: (() => void)[] = []
  let begun = 0
  const routes = (service: Service) => {
    service.get('/asked', { config: { permission: 'public', rateLimit: false } }, () => ({ begun: ++begun }))
  }
  const turns = { take: (_: () => void, refuse: () => void) => void refusals.push(refuse), oldestMs: () => 0 }
  const { app } = await world(t, routes, { turns })
  const asked = app.inject('/asked')
  while (refusals.length === 0) await turn()
  for (const refuse of refusals) refuse()
  const answer = await asked
  const figures = (await app.inject('/metrics')).body

  t.is(answer.statusCode, 503)
  t.is(answer.json<{ code: string }>().code, 'CROWDED')
  t.is(answer.headers['retry-after'], '10')
  t.is(begun, 0)
  t.regex(figures, /^http_requests_refused_total\{[^}]*\} 1$/m)
})
