import test from 'ava'

import {
  choiceOf,
  estimate,
  KEDA_SETTINGS,
  LANES,
  nameOf,
  runsOf,
  startOf,
  TRACES,
  traceOf,
} from '../src/plan.ts'

test('everything runs unless something is chosen', (t) => {
  t.deepEqual(choiceOf({}), { traces: TRACES, lanes: Object.keys(LANES) as 'medqueue'[], phases: 3 })
  t.deepEqual(choiceOf({ TRACES: 'ramp,flash', LANES: 'keda-15s', PHASES: '1' }), {
    traces: ['flash', 'ramp'],
    lanes: ['keda-15s'],
    phases: 1,
  })
  t.deepEqual(choiceOf({ TRACES: '', LANES: '', PHASES: '' }).phases, 3)
})

const refuses = test.macro((t, env: NodeJS.ProcessEnv, message: RegExp) => {
  t.throws(() => choiceOf(env), { instanceOf: RangeError, message })
})
test(
  'an unknown trace is refused',
  refuses,
  { TRACES: 'flash,wave' },
  /there is no wave; there are flash, square/,
)
test('an unknown lane is refused', refuses, { LANES: 'hpa' }, /there is no hpa/)
test('more phases than there are are refused', refuses, { PHASES: '4' }, /1 to 3/)
test('a phase that is no number is refused', refuses, { PHASES: 'all' }, /1 to 3/)

test('phases are on the outside, and each lane gets the settings that are best for the trace', (t) => {
  const runs = runsOf(choiceOf({ TRACES: 'flash,square', LANES: 'medqueue,keda-15s', PHASES: '2' }))
  const once = ['flash-medqueue', 'square-medqueue', 'flash-keda-15s-t20', 'flash-keda-15s-idle8']
  t.deepEqual(
    runs.map(nameOf),
    [1, 2].flatMap((phase) => [...once, 'square-keda-15s-t160'].map((name) => `${name}-phase${phase}`)),
  )
  t.true(estimate(runs) > runs.reduce((sum, run) => sum + traceOf(run).horizon, 0))
})

test('every lane of a phase gets the same messages at the same moments, another phase others', (t) => {
  for (const trace of TRACES) {
    t.deepEqual(traceOf({ trace, phase: 0 }).arrivals, traceOf({ trace, phase: 0 }).arrivals)
    t.notDeepEqual(traceOf({ trace, phase: 0 }).arrivals, traceOf({ trace, phase: 1 }).arrivals)
  }
})

const about = (t: { true: (holds: boolean, message: string) => unknown }, value: number, wanted: number) =>
  t.true(Math.abs(value / wanted - 1) < 0.05, `${value} is not about ${wanted}`)

test('the traces have the sizes that others were measured with', (t) => {
  const sizes = { flash: 3_000, square: 37_200, steady: 2_400, ramp: 24_000 }
  const horizons = { flash: 90, square: 270, steady: 135, ramp: 160 }
  for (const trace of TRACES) {
    const { arrivals, horizon, idealSeconds, maxReplicas, rate } = traceOf({ trace, phase: 2 })
    about(t, arrivals.length, sizes[trace])
    t.is(horizon, horizons[trace])
    t.is(idealSeconds, arrivals.length / 40)
    t.is(maxReplicas, 25)
    t.is(rate(horizon), 0)
  }
  t.is(traceOf({ trace: 'square', phase: 0 }).rate(60), 10)
  about(t, traceOf({ trace: 'ramp', phase: 0 }).rate(60), 200)
})

test('a trace begins in its phase of the clock, after the earliest moment', (t) => {
  const tick = 1_000_000
  const startsAt = (lane: 'medqueue' | 'keda-15s' | 'keda-default', phase: number, earliest = tick + 3_000) =>
    (startOf({ lane, phase }, tick, earliest) - tick) / 1_000
  t.deepEqual(
    [0, 1, 2].map((phase) => startsAt('keda-15s', phase)),
    [7.5, 17.5, 12.5],
  )
  t.is(startsAt('keda-15s', 0, tick + 40_000), 52.5)
  // KEDA began 15 s before the HPA first looked.
  t.deepEqual(
    [0, 1, 2].map((phase) => startsAt('keda-default', phase)),
    [27.5, 17.5, 7.5],
  )
  t.deepEqual(
    [0, 1, 2].map((phase) => startsAt('medqueue', phase)),
    [7.5, 5.8, 4.2],
  )
})

test('only the defaults leave everything to KEDA', (t) => {
  for (const [name, setting] of Object.entries(KEDA_SETTINGS))
    t.is('threshold' in setting, name !== 'defaults')
})
