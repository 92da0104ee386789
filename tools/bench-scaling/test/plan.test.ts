import test from 'ava'

import {
  choiceOf,
  compareRuns,
  KEDA_SETTINGS,
  LANES,
  nameOf,
  runsOf,
  scaleDownsOf,
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

test('scale-downs are proved only when they are asked for, and as many as are asked for', (t) => {
  t.is(scaleDownsOf({}), undefined)
  t.is(scaleDownsOf({ SCALE_DOWNS: '' }), undefined)
  t.is(scaleDownsOf({ SCALE_DOWNS: '100' }), 100)
  for (const text of ['0', '1001', 'many', '1.5']) {
    t.throws(() => scaleDownsOf({ SCALE_DOWNS: text }), { instanceOf: RangeError, message: /SCALE_DOWNS/ })
  }
})

test('phases are on the outside, and each lane gets the settings that are best for the trace', (t) => {
  const runs = runsOf(choiceOf({ TRACES: 'flash,square', LANES: 'medqueue,keda-15s', PHASES: '2' }))
  const [medqueue, keda] = [
    ['flash-medqueue', 'square-medqueue'],
    ['flash-keda-15s-t20', 'flash-keda-15s-idle8', 'square-keda-15s-t160'],
  ]
  t.deepEqual(runs.map(nameOf), [
    ...[...medqueue, ...keda].map((name) => `${name}-phase1`),
    ...[...keda, ...medqueue].map((name) => `${name}-phase2`),
  ])
})

test('the clock of the HPA is changed at most once in a phase', (t) => {
  const runs = runsOf(choiceOf({}))
  t.is(runs.length, 51)
  const needsOwnClock = runs.filter(({ lane }) => lane !== 'medqueue').map(({ lane }) => lane === 'keda-1s')
  const changes = needsOwnClock.filter((own, index) => index > 0 && own !== needsOwnClock[index - 1])
  t.is(changes.length, 3)
})

test('runs are told by trace, lane, setting and phase, however they went', (t) => {
  const names = runsOf(choiceOf({ TRACES: 'flash', PHASES: '2' }))
    .toSorted(compareRuns)
    .map(nameOf)
  t.deepEqual(
    names.filter((name) => !name.includes('phase2')),
    ['medqueue', 'keda-default', 'keda-15s-t20', 'keda-15s-idle8', 'keda-1s-t160'].map(
      (name) => `flash-${name}-phase1`,
    ),
  )
  t.deepEqual(names.slice(0, 2), ['flash-medqueue-phase1', 'flash-medqueue-phase2'])
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

test('only the defaults leave everything to KEDA', (t) => {
  for (const [name, setting] of Object.entries(KEDA_SETTINGS))
    t.is('threshold' in setting, name !== 'defaults')
})
