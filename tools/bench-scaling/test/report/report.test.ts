import test from 'ava'

import { closingLine, faults, losses } from '../../src/report/compare.ts'
import { progressLine } from '../../src/report/progress.ts'
import { rowsOf } from '../../src/report/rows.ts'
import { table } from '../../src/report/table.ts'
import { figures, result } from '../helpers.ts'

test('phases become one row of medians, and of sums of what must not happen', (t) => {
  const rows = rowsOf([
    result({ phase: 0 }, { p99: 3, drain: 9, redelivered: 1 }),
    result({ phase: 1 }, { p99: 9, drain: 7, redelivered: 1, firstAsked: null }),
    result({ phase: 2 }, { p99: 4, drain: 8 }),
  ])
  t.is(rows.length, 1)
  t.like(rows[0], { trace: 'flash', lane: 'medqueue', phases: 3, worst: { p99: 9, drain: 9 } })
  t.like(rows[0]?.figures, { p99: 4, drain: 8, redelivered: 2, firstAsked: 0.1 })
})

test('rows are ordered by trace, however the runs went', (t) => {
  const rows = rowsOf([
    result({ trace: 'ramp' }),
    result({ trace: 'flash' }),
    result({ trace: 'ramp', lane: 'keda-1s', setting: 't80' }),
    result({ trace: 'flash', lane: 'keda-15s', setting: 't20' }),
  ])
  t.deepEqual(
    rows.map(({ trace, lane }) => `${trace} ${lane}`),
    ['flash medqueue', 'flash keda-15s', 'ramp medqueue', 'ramp keda-1s'],
  )
})

test('the table has a cell for every heading, and a dash for what never came', (t) => {
  const lines = table(rowsOf([result({ lane: 'keda-15s', setting: 't20' }, { firstAsked: null })])).split(
    '\n',
  )
  const cells = lines.map((line) => line.split('|').length)
  t.deepEqual(new Set(cells).size, 1)
  t.regex(lines[2] ?? '', /^\| flash \| keda-15s t20 \| – \|/)
})

test('it says where another scaler did better in the same trace, and nothing where it did not', (t) => {
  const rows = rowsOf([
    result({}),
    result({ lane: 'keda-15s', setting: 't20' }, { p99: 15, podSeconds: 600, cpuSeconds: 5 }),
    result({ lane: 'keda-1s', setting: 't160' }, { p99: 2.5, podSeconds: 404, p95: 1.99 }),
    result({ trace: 'ramp', lane: 'keda-1s', setting: 't80' }, { p99: 0.1 }),
  ])
  t.deepEqual(losses(rows), ['- flash, keda-1s t160: p99 s 3.00 against 2.50'])
})

test('it says so when nobody did better, and when nothing can be compared', (t) => {
  t.deepEqual(losses(rowsOf([result({}), result({ lane: 'keda-default' }, { p95: 30 })])), ['Nowhere.'])
  t.regex(losses(rowsOf([result({ lane: 'keda-1s', setting: 't80' })]))[0] ?? '', /^Nothing to compare/)
  t.regex(losses(rowsOf([result({})]))[0] ?? '', /^Nothing to compare/)
})

test('what never came is the worst', (t) => {
  const rows = rowsOf([result({}, { firstReady: null }), result({ lane: 'keda-default' })])
  t.deepEqual(losses(rows), ['- flash, keda-default: first pod ready s – against 1.0'])
})

test('only messages lost or seen twice are faults, of whichever lane', (t) => {
  const slow = result({}, { late: 1, p99: 80 })
  t.deepEqual(faults(rowsOf([slow])), [])
  const rows = rowsOf([
    slow,
    result({ lane: 'keda-1s', setting: 't80' }, { lost: 1, doubled: 2, redelivered: 3 }),
  ])
  t.deepEqual(faults(rows), ['flash, keda-1s t80: 1 lost, 2 doubled, 3 redelivered, 0 disordered'])
  t.regex(closingLine(rows), /lost=1 doubled=2 redelivered=3 disordered=0 runs=2$/)
})

test('the closing line has the figures of the operator by trace', (t) => {
  const rows = rowsOf([
    ...[result({}), result({ trace: 'square' }), result({ lane: 'keda-default' })],
    result({ trace: 'square', lane: 'keda-15s', setting: 't160' }, { p99: 15.254 }),
  ])
  t.is(
    closingLine(rows),
    'bench-scaling: flash p95=2.00s p99=3.00s drain=8.0s pods=300s; square p95=2.00s p99=3.00s (KEDA 15.25s) cost=4.00x rev=1; lost=0 doubled=0 redelivered=0 disordered=0 runs=4',
  )
})

test('the progress line tells how long the rest will take', (t) => {
  const { run } = result({})
  t.regex(
    progressLine('flash-medqueue-phase1', figures(), { done: 1, runs: [run, run] }),
    /about 2 min left\)$/,
  )
})
