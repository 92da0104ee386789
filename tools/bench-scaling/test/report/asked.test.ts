import test from 'ava'

import { type Answer, answers, verdictOf } from '../../src/report/asked.ts'
import { askedLine, askedTable } from '../../src/report/asked-table.ts'
import { result } from '../helpers.ts'

const answered = (what: string, ...given: Parameters<typeof answers>): Answer => {
  const found = answers(...given).find((answer) => answer.what === what)
  if (found === undefined) throw new Error(`nothing is said of ${what}`)
  return found
}
const drained = (...seconds: number[]) =>
  answered(
    'flash: drained after s',
    seconds.map((drain, phase) => result({ phase }, { drain })),
  )

test('met is only what was met in every phase', (t) => {
  t.is(verdictOf(drained(9.3, 9.5, 9.4)), 'met')
  t.is(verdictOf(drained(9.3, 9.7, 9.4)), 'met by the median')
  t.is(verdictOf(drained(9.3, 9.7, 9.8)), 'missed')
  t.is(verdictOf(drained()), 'not measured')
})

test('what concerns all traces is judged by the worst of them', (t) => {
  const worst = answered('all: p99 s', [
    result({ trace: 'flash' }, { p99: 4 }),
    result({ trace: 'ramp' }, { p99: 11 }),
    result({ trace: 'flash', phase: 1 }, { p99: 5 }),
  ])
  t.deepEqual(worst.phases, [
    { value: 11, limit: 10 },
    { value: 5, limit: 10 },
  ])
})

test('another scaler has no part in what the operator is judged by', (t) => {
  const slow = result({ lane: 'keda-default' }, { p99: 30, lost: 4, late: 1 })
  for (const { what, phases } of answers([result({}), slow])) t.true(phases.length <= 1, what)
  t.is(verdictOf(answered('all: lost', [result({}), slow])), 'met')
})

test('beside KEDA, it is the setting that did best in the same phase that counts', (t) => {
  const own = result({ trace: 'ramp' }, { p99: 3 })
  const keda = (setting: 't20' | 't160', p99: number, phase = 0) =>
    result({ trace: 'ramp', lane: 'keda-15s', setting, phase }, { p99 })
  const what = 'ramp: p99 s, beside the best of keda-15s'
  t.deepEqual(answered(what, [own, keda('t20', 5), keda('t160', 4)]).phases, [{ value: 3, limit: 4 }])
  t.is(verdictOf(answered(what, [own, keda('t20', 5), keda('t160', 3)])), 'missed')
  // Nothing is said of a phase in which one of the two did not run.
  t.is(verdictOf(answered(what, [own, keda('t20', 2, 1)])), 'not measured')
})

test('a first worker that was never asked for is no fast one', (t) => {
  const never = answered('all: first message to first pod asked for, slowest, s', [
    result({}, { firstAsked: null }),
  ])
  t.is(verdictOf(never), 'missed')
})

test('the share of late messages is told in percent', (t) => {
  t.deepEqual(answered('all: share over 10 s %', [result({}, { late: 0.0011 })]).phases, [
    { value: 0.11, limit: 0.1 },
  ])
})

test('the table tells what was asked, the median, each phase, and whether it was met', (t) => {
  t.deepEqual(
    askedTable([drained(9.3, 9.7, 9.8)])
      .split('\n')
      .slice(2),
    ['| flash: drained after s | ≤ 9.5 | 9.7 | 9.3, 9.7, 9.8 | **missed** |'],
  )
})

test('the line counts what was met and names the rest with its figures', (t) => {
  const all = [drained(9.3), drained(9.3, 9.4, 9.7), drained(9.8), drained()]
  t.is(
    askedLine(all),
    'asked: 1 of 4 met; met by the median: flash: drained after s 9.4 (≤ 9.5); missed: flash: drained after s 9.8 (≤ 9.5); not measured: 1',
  )
})
