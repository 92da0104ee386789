import test from 'ava'

import { around, assertClock, estimate, startOf } from '../src/clock.ts'
import { choiceOf, type Lane, LANES, runsOf } from '../src/plan.ts'

const TICK = 1_000_000
const startsAt = (lane: Lane, phase: number, earliest = TICK + 3_000) =>
  (startOf({ lane, phase }, TICK, earliest) - TICK) / 1_000
const phases = (lane: Lane) => [0, 1, 2].map((phase) => startsAt(lane, phase))

test('a trace begins in its phase of the clock, after the earliest moment', (t) => {
  t.deepEqual(phases('keda-15s'), [7.5, 17.5, 12.5])
  t.is(startsAt('keda-15s', 0, TICK + 40_000), 52.5)
  t.deepEqual(phases('keda-default'), [15.5, 5.5, 25.5])
  t.deepEqual(phases('medqueue'), [7.5, 5.8, 4.2])
  t.deepEqual(phases('keda-1s'), [3.5, 3.2, 3.8])
})

test('phases are spread evenly, and wait on average as long as what comes at any time', (t) => {
  const periods: Partial<Record<Lane, number>> = { 'keda-default': 30, 'keda-15s': 15 }
  for (const [lane, period] of Object.entries(periods) as [Lane, number][]) {
    const within = phases(lane)
      .map((start) => start % period)
      .toSorted((a, b) => a - b)
    t.deepEqual(
      within.map((start) => start - (within[0] ?? 0)),
      [0, period / 3, (2 * period) / 3],
    )
    const wait = within.reduce((sum, start) => sum + period - start, 0) / 3
    t.true(Math.abs(wait - period / 2) <= 0.5, `${lane} waits ${wait} s`)
  }
})

test('everything ends within two and a half hours, and a run takes at most 20 s beside its trace on average', (t) => {
  const runs = runsOf(choiceOf({}))
  t.true(estimate(runs) < 150 * 60, `${estimate(runs) / 60} minutes`)
  for (const lane of Object.keys(LANES)) {
    const own = runs.filter((run) => run.lane === lane).map(around)
    const mean = own.reduce((sum, seconds) => sum + seconds, 0) / own.length
    t.true(mean <= 20, `${lane}: ${mean} s`)
  }
})

test('an HPA that is first looked at a period after it was made has the clock that it should have', (t) => {
  t.notThrows(() => assertClock({ madeAt: TICK, lookedAt: TICK + 15_200 }, 15))
  t.notThrows(() => assertClock({ madeAt: TICK, lookedAt: TICK + 1_100 }, 1))
})

test('a run whose HPA has another clock counts for nothing', (t) => {
  t.throws(() => assertClock({ madeAt: TICK, lookedAt: TICK + 6_000 }, 15), {
    message: /6\.0 s after it was made/,
  })
  t.throws(() => assertClock({ madeAt: TICK, lookedAt: undefined }, 15), { message: /looked at never/ })
  t.throws(() => assertClock({ madeAt: undefined, lookedAt: undefined }, 15), { message: /looked at never/ })
})
