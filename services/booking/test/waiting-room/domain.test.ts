import test from 'ava'
import fc from 'fast-check'

import { fastestCourse, type Flow, nextFlow } from '../../src/waiting-room/domain/controller.ts'
import { askAgainAfter, waitOf } from '../../src/waiting-room/domain/estimate.ts'
import { bend, type Front, frontFrom, letInAt, reachedAt } from '../../src/waiting-room/domain/front.ts'
import { drawPlaces, placeOf } from '../../src/waiting-room/domain/order.ts'

const seeds = fc.string({
  minLength: 32,
  maxLength: 32,
  unit: fc.constantFrom(...Array.from({ length: 16 }, (_, digit) => digit.toString(16))),
})

test('the draw gives each of those who took part one place, and who comes later stands behind them in order', (t) => {
  fc.assert(
    fc.property(seeds, fc.nat(500), fc.nat(500), (seed, count, later) => {
      const places = drawPlaces({ seed, count })
      const all = Array.from({ length: count + later }, (_, number) => placeOf(number, places))
      t.deepEqual(
        [...all].sort((a, b) => a - b),
        all.map((_, index) => index),
      )
      t.deepEqual(
        all.slice(count),
        Array.from({ length: later }, (_, index) => count + index),
      )
    }),
  )
})

test('every replica draws the same order from the same seed, and another from another', (t) => {
  const count = 1_000
  const draw = (seed: string) => [...drawPlaces({ seed, count })]
  const [one, other] = ['0123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdee']
  t.deepEqual(draw(one), draw(one))
  t.notDeepEqual(draw(one), draw(other))
})

test('who comes first in a draw is not more likely to stand at its front', (t) => {
  const [count, draws] = [10, 4_000]
  const seen = Array.from({ length: count }, () => new Array<number>(count).fill(0))
  for (let n = 0; n < draws; n++) {
    const places = drawPlaces({ seed: n.toString(16).padStart(32, '0'), count })
    for (const [number, place] of places.entries()) {
      const row = seen[number] ?? []
      row[place] = (row[place] ?? 0) + 1
    }
  }
  // Seeds are fixed, so this is one sum: beyond 140 a fair shuffle of 81 degrees of freedom is one time in 20,000.
  const expected = draws / count
  const chiSquare = seen.flat().reduce((sum, times) => sum + (times - expected) ** 2 / expected, 0)
  t.true(chiSquare < 140, String(chiSquare))
})

/** Fronts as the room makes them: decisions a second apart that take effect a second later. */
const decisions = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 60 })
const BOUNDS = { least: 1, most: 500 }
const T0 = 1_700_000_000_000
function fronts(slopes: readonly number[], keepMs = 600_000): Front[] {
  const made = [frontFrom(T0, 0)]
  for (const [second, slope] of slopes.entries()) {
    const now = T0 + second * 1_000
    made.push(bend(made.at(-1) ?? frontFrom(T0, 0), { at: now + 1_000, slope, keepFrom: now - keepMs }))
  }
  return made
}

test('the front never goes back, and a replica that has not heard the latest decision says the same until it holds', (t) => {
  fc.assert(
    fc.property(decisions, fc.integer({ min: 0, max: 999 }), (slopes, ms) => {
      const made = fronts(slopes)
      for (const [second] of slopes.entries()) {
        const now = T0 + second * 1_000 + ms
        const [late, heard] = [made[second], made[second + 1]]
        if (late === undefined || heard === undefined) throw new Error('no front')
        t.true(Math.abs(reachedAt(late, now) - reachedAt(heard, now)) < 1e-6)
        t.true(reachedAt(heard, now + 1) >= reachedAt(heard, now) - 1e-6)
      }
    }),
  )
})

test('a place is let in when the front reaches it, and places in their order', (t) => {
  fc.assert(
    fc.property(decisions, fc.nat(2_000), (slopes, place) => {
      const front = fronts(slopes).at(-1) ?? frontFrom(T0, 0)
      const at = letInAt(front, place)
      t.true(at <= letInAt(front, place + 1))
      if (Number.isFinite(at)) t.true(Math.abs(reachedAt(front, at) - (place + 1)) < 0.01, `${at}`)
    }),
  )
})

test('points that are too old are forgotten, and those let in then are known to be long ago', (t) => {
  const front = fronts(new Array<number>(3_000).fill(10), 60_000).at(-1) ?? frontFrom(T0, 0)
  t.true(front.points.length < 40, String(front.points.length))
  t.is(letInAt(front, 5), -Infinity)
  t.true(letInAt(front, 29_900) > T0 + 2_900_000)
})

const courseOf = (rate: number, ceiling?: number) =>
  fastestCourse({ rate, settledAt: T0, ...(ceiling === undefined ? {} : { ceiling }) }, T0, BOUNDS)

test('the wait is told as a range around what the measured speed says, wider while little is known', (t) => {
  const front = bend(frontFrom(T0, 0), { at: T0, slope: 50, keepFrom: T0 })
  const old = waitOf(1_000, { front, rate: 50, course: courseOf(50, 55), since: T0, now: T0 + 120_000 })
  t.true(old.from <= 20 && old.from >= 14 && old.to >= 20 && old.to <= 34, JSON.stringify(old))
  const young = waitOf(1_000, { front, rate: 50, course: courseOf(50), since: T0, now: T0 + 1_000 })
  t.true(young.from < old.from && young.to > old.to)
})

test('nobody is let in sooner than was told, whatever the platform can carry and whenever it was asked', (t) => {
  const seconds = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 30, maxLength: 200 })
  fc.assert(
    fc.property(seconds, fc.nat(3_000), fc.nat(29), (pressures, place, asked) => {
      let flow: Flow = { rate: 20, settledAt: T0 }
      let front = bend(frontFrom(T0, 0), { at: T0 + 1_000, slope: flow.rate, keepFrom: 0 })
      let told: { at: number; from: number } | undefined
      for (const [second, pressure] of pressures.entries()) {
        const now = T0 + second * 1_000
        flow = nextFlow(flow, { pressure, isUsed: true, now }, BOUNDS)
        front = bend(front, { at: now + 1_000, slope: flow.rate, keepFrom: 0 })
        if (second !== asked) continue
        const ahead = Math.max(0, place - reachedAt(front, now))
        const course = fastestCourse(flow, now, BOUNDS)
        told = { at: now, from: waitOf(ahead, { front, rate: flow.rate, course, since: T0, now }).from }
      }
      const letIn = letInAt(front, place)
      if (told !== undefined && letIn > told.at) t.true(letIn >= told.at + told.from * 1_000 - 1, `${letIn}`)
    }),
  )
})

test('no wait is told that a stalled line could not keep, and none is endless', (t) => {
  const front = frontFrom(T0, 0)
  const { from, to } = waitOf(100, { front, rate: 1, course: courseOf(1), since: T0, now: T0 + 60_000 })
  t.true(from <= 100 && to >= 100 && Number.isFinite(to))
})

test('the nearer the turn the sooner one asks again, at least a second and never all at once', (t) => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (from, random) => {
      const seconds = askAgainAfter(from, random)
      t.true(seconds >= 1 && seconds <= 135)
      t.true(from < 4 || seconds < from)
    }),
  )
  t.not(askAgainAfter(100, 0), askAgainAfter(100, 0.9))
})
