import test from 'ava'
import fc from 'fast-check'

import { type Flow, nextFlow, pressureOf } from '../../src/waiting-room/domain/controller.ts'

const QUIET = { oldestMs: 0, loopMs: 0, poolMs: 0, beginMs: 0 }
const BOUNDS = { least: 1, most: 500 }

/**
 * A platform of so many requests a second. Whoever is let in asks `requests` times, spread evenly over the seconds that
 * follow; what cannot be done waits in a queue. Pressure is the age of the queue.
 */
function simulate(capacityAt: (second: number) => number, seconds: number, spread = 6, requests = 4) {
  let flow: Flow = { rate: 20, settledAt: 0 }
  const due = new Array<number>(seconds + spread + 1).fill(0)
  const seen: { rate: number; ageMs: number; served: number }[] = []
  let queue = 0
  for (let second = 0; second < seconds; second++) {
    for (let n = 1; n <= spread; n++)
      due[second + n] = (due[second + n] ?? 0) + (flow.rate * requests) / spread
    const capacity = capacityAt(second)
    queue += due[second] ?? 0
    const served = Math.min(queue, capacity)
    queue -= served
    const ageMs = capacity === 0 ? 10_000 : (queue * 1_000) / capacity
    const pressure = pressureOf({ ...QUIET, oldestMs: ageMs })
    flow = nextFlow(flow, { pressure, isUsed: true, now: second * 1_000 }, BOUNDS)
    seen.push({ rate: flow.rate, ageMs, served })
  }
  return seen
}

const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length

test('it finds out what the platform carries, and keeps it busy without a long queue', (t) => {
  for (const capacity of [60, 240, 1_000]) {
    const late = simulate(() => capacity, 300).slice(120)
    t.true(
      mean(late.map(({ served }) => served)) > 0.8 * capacity,
      `${capacity}: ${mean(late.map((s) => s.served))}`,
    )
    t.true(Math.max(...late.map(({ ageMs }) => ageMs)) < 1_500, `${capacity}`)
    const rates = late.map(({ rate }) => rate * 4)
    t.true(Math.max(...rates) < 1.3 * capacity && Math.min(...rates) > 0.4 * capacity, `${capacity}`)
  }
})

test('it follows a platform that loses half of its strength and gets it back', (t) => {
  const seen = simulate((second) => (second < 150 || second >= 300 ? 400 : 200), 500)
  const rateIn = (from: number, to: number) => mean(seen.slice(from, to).map(({ rate }) => rate * 4))
  t.true(rateIn(200, 300) < 230)
  t.true(rateIn(450, 500) > 260)
  t.true(Math.max(...seen.slice(200, 300).map(({ ageMs }) => ageMs)) < 2_500)
})

test('whatever patients wait for is pressure: a decision, the event loop, a connection, their turn to begin', (t) => {
  t.is(pressureOf(QUIET), 0)
  for (const name of Object.keys(QUIET)) t.true(pressureOf({ ...QUIET, [name]: 500 }) > 1, name)
  t.is(pressureOf({ oldestMs: 200, loopMs: 50, poolMs: 75, beginMs: 75 }), 0.5)
})

test('a flood of people who come for a place is no reason to let in fewer', (t) => {
  const flow: Flow = { rate: 20, settledAt: 0 }
  const seen = { pressure: 9, isUsed: true, now: 10_000 }
  t.is(nextFlow(flow, { ...seen, isFlooded: true }, BOUNDS).rate, 20)
  t.is(nextFlow(flow, seen, BOUNDS).rate, 15)
})

test('while nothing moves it lets in the least, and recovers', (t) => {
  const seen = simulate((second) => (second >= 60 && second < 180 ? 0 : 400), 360)
  t.is(seen[179]?.rate, BOUNDS.least)
  t.true(mean(seen.slice(320).map(({ served }) => served)) > 200)
})

test('the rate stays within its bounds whatever is seen, never zero, and never climbs unused', (t) => {
  const seenOnes = fc.array(
    fc.record({ pressure: fc.double({ min: 0, max: 50, noNaN: true }), isUsed: fc.boolean() }),
    { maxLength: 200 },
  )
  fc.assert(
    fc.property(seenOnes, (list) => {
      let flow: Flow = { rate: 20, settledAt: 0 }
      for (const [second, seen] of list.entries()) {
        const next = nextFlow(flow, { ...seen, now: second * 1_000 }, BOUNDS)
        t.true(next.rate >= BOUNDS.least && next.rate <= BOUNDS.most)
        if (!seen.isUsed) t.true(next.rate <= flow.rate)
        flow = next
      }
    }),
  )
})
