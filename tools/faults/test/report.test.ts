import test from 'ava'

import { closingLine, progressLine, table } from '../src/report.ts'
import type { Result } from '../src/run-scenario.ts'

const result = (overrides: Partial<Result> = {}): Result => ({
  name: 'worker-killed',
  planted: false,
  passed: true,
  failures: [],
  saw: [],
  recoveriesMs: [6_100, 4_000],
  counts: { booked: 10, pending: 2 },
  totals: { lost: 0 },
  lost: 0,
  double: 0,
  order: 0,
  seconds: 30,
  ...overrides,
})
const planted = (overrides: Partial<Result> = {}) =>
  result({
    name: 'planted-offset',
    planted: true,
    recoveriesMs: [9_000],
    lost: 4,
    totals: { lost: 4 },
    ...overrides,
  })

test('the closing line leaves out what the planted bugs did', (t) => {
  t.is(
    closingLine([result(), planted()]),
    'faults: scenarios=2 passed=2 lost=0 double=0 order=0 planted_caught=1/1 slowest_recovery=6.1s',
  )
})

test('a bug that nobody saw and a platform that did not come back are told', (t) => {
  const results = [result({ passed: false, lost: 3, recoveriesMs: [Infinity] }), planted({ passed: false })]
  t.is(
    closingLine(results),
    'faults: scenarios=2 passed=0 lost=3 double=0 order=0 planted_caught=0/1 slowest_recovery=∞s',
  )
  t.regex(table(results), /planted-offset \| MISSED/)
})

test('a failure says why, a success does not', (t) => {
  const failures = ['recovery took 16.0 s']
  t.regex(
    progressLine(result({ passed: false, failures })),
    /^FAILED worker-killed \(30 s\): .*recovery took 16\.0 s$/,
  )
  t.notRegex(progressLine(result({ failures })), /16\.0/)
})
