import test from 'ava'

import { growthTrace } from '../sim/growth.ts'
import { type Outcome, simulate } from '../sim/run.ts'
import { BENCH_MODEL, benchPolicy, CROWDED_MODEL, LONG_MODEL, longPolicy } from '../sim/settings.ts'
import { benchTraces, longTraces, type Trace } from '../sim/traces.ts'

function traceOf(traces: readonly Trace[], name: string): Trace {
  const trace = traces.find((one) => one.name === name)
  if (trace === undefined) throw new RangeError(`no trace ${name}`)
  return trace
}

/** Simulated figures with the defaults: deterministic for a seed. */
const SEEDS = [1, 2, 3]

const meets = test.macro((t, name: string, limits: Partial<Outcome>) => {
  for (const seed of SEEDS) {
    const trace = traceOf(benchTraces(seed), name)
    const outcome = simulate(trace, { policy: benchPolicy, model: BENCH_MODEL, seed })
    t.is(outcome.unserved, 0)
    for (const [figure, limit] of Object.entries(limits)) {
      const value = outcome[figure as 'p95']
      t.true(value <= Number(limit), `${figure} is ${value} with seed ${seed}`)
    }
  }
})

test('a flash is drained at once and the workers go again', meets, 'flash', {
  drain: 9,
  podSeconds: 300,
  p99: 10,
  late: 0,
  reversals: 1,
  firstAsked: 0.1,
})
test('a square wave is followed up and down', meets, 'square', {
  p95: 1.9,
  p99: 10,
  late: 0,
  cost: 1.48,
  reversals: 5,
})
test('a ramp is kept up with', meets, 'ramp', { p95: 1.5, p99: 10, late: 0, cost: 1.27, reversals: 1 })
// One worker deals with a burst of a hundred in 2.7 s: no more is to be had at this cost.
test('steady bursts are left to one worker', meets, 'steady', {
  p95: 2.52,
  p99: 10,
  late: 0,
  cost: 2.18,
  reversals: 1,
})

const longMeets = test.macro((t, name: string, limits: Partial<Outcome>) => {
  const trace = traceOf(longTraces(1), name)
  const outcome = simulate(trace, { policy: longPolicy, model: LONG_MODEL, seed: 1 })
  t.is(outcome.unserved, 0)
  for (const [figure, limit] of Object.entries(limits)) {
    const value = outcome[figure as 'p95']
    t.true(value <= Number(limit), `${figure} is ${value}`)
  }
})

test('20,000 at once wait no longer than the objective, though workers start slowly', longMeets, 'flash20k', {
  p99: 10,
  late: 0,
  podSeconds: 2_500,
})
test('a day is followed at little cost', longMeets, 'diurnal', { p99: 1, late: 0, cost: 1.2, reversals: 15 })
test('a larger square wave keeps the objective', longMeets, 'square500', {
  p99: 10,
  late: 0,
  cost: 1.4,
  reversals: 25,
})
test('low bursts keep the objective', longMeets, 'bursts', { p99: 10, late: 0, reversals: 9 })

test('a wrong estimate of the service rate is found out', (t) => {
  const ramp = traceOf(benchTraces(1), 'ramp')
  for (const serviceRate of [10, 300]) {
    const outcome = simulate(ramp, { policy: { ...benchPolicy, serviceRate }, model: BENCH_MODEL, seed: 1 })
    t.true(outcome.cost <= 1.35, `cost is ${outcome.cost} with ${serviceRate}/s`)
    t.true(outcome.p99 <= 10, `p99 is ${outcome.p99} with ${serviceRate}/s`)
  }
})

test('workers that start three times as slowly still keep the objective', (t) => {
  for (const trace of benchTraces(1)) {
    const model = { ...BENCH_MODEL, startSeconds: 2.5, startsPerSecond: 3 }
    t.true(simulate(trace, { policy: benchPolicy, model, seed: 1 }).p99 <= 10, trace.name)
  }
})

test('a node on which starts hold each other up has its first workers early', (t) => {
  for (const seed of SEEDS) {
    const model = { ...BENCH_MODEL, startsPerSecond: 2.4 }
    const flash = traceOf(benchTraces(seed), 'flash')
    const outcome = simulate(flash, { policy: benchPolicy, model, seed })
    t.true(outcome.drain <= 9.5, `drain is ${outcome.drain} with seed ${seed}`)
    t.true(outcome.p95 <= 4.6, `p95 is ${outcome.p95} with seed ${seed}`)
  }
})

test('a ramp costs no more where those who start slow down those at work', (t) => {
  for (const seed of SEEDS) {
    const ramp = traceOf(benchTraces(seed), 'ramp')
    const outcome = simulate(ramp, { policy: benchPolicy, model: CROWDED_MODEL, seed })
    t.true(outcome.cost <= 1.3, `cost is ${outcome.cost} with seed ${seed}`)
    t.is(outcome.reversals, 1)
  }
})

test('a slow-down is learned also by a pool that starts workers all the time', (t) => {
  const policy = { ...benchPolicy, max: 1_000, serviceRate: 4 }
  const even = { ...BENCH_MODEL, startsPerSecond: 1_000, serviceSeconds: 0.25, crowdedSeconds: 0.25 }
  for (const times of [2, 3]) {
    const model = { ...even, slower: { from: 60, times } }
    const outcome = simulate(growthTrace(4), { policy, model, seed: 1 })
    t.is(outcome.late, 0)
    t.true(outcome.p99 <= 5, `p99 is ${outcome.p99} with work that takes ${times} times as long`)
  }
})

test('a hundred workers come in time where starts do not hold each other up', (t) => {
  const flash = traceOf(longTraces(1), 'flash20k')
  const policy = { ...benchPolicy, max: 300, serviceRate: 10 }
  const model = { ...LONG_MODEL, startSeconds: 2, serviceSeconds: 0.1, crowdedSeconds: 0.1 }
  const outcome = simulate(flash, { policy, model, seed: 1 })
  t.true(outcome.peak > 100)
  t.true(outcome.p99 <= 6, `p99 is ${outcome.p99}`)
})
