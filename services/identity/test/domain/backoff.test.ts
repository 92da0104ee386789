import test from 'ava'

import { PAIR_POLICY, type Tries, waitMs, withTry } from '../../src/domain/backoff.ts'

const start = new Date('2027-03-01T08:00:00Z')
const after = (milliseconds: number) => new Date(start.getTime() + milliseconds)
const tries = (failures: number): Tries => ({ failures, lastAt: start })

const waits = test.macro((t, failures: number, elapsed: number, expected: number) => {
  t.is(waitMs(tries(failures), after(elapsed), PAIR_POLICY), expected)
})

test('four wrong tries cost nothing', waits, 4, 0, 0)
test('the fifth costs half a minute', waits, 5, 0, 30_000)
test('the wait shrinks as time goes by', waits, 5, 20_000, 10_000)
test('the wait ends', waits, 5, 30_000, 0)
test('the sixth costs a minute', waits, 6, 0, 60_000)
test('the wait has a limit', waits, 40, 0, 15 * 60_000)
test('a count beyond reason is no infinite wait', waits, 100_000, 0, 15 * 60_000)

test('somebody without tries need not wait', (t) => {
  t.is(waitMs(undefined, start, PAIR_POLICY), 0)
})

test('a try adds one', (t) => {
  t.deepEqual(withTry(tries(3), after(1), PAIR_POLICY), { failures: 4, lastAt: after(1) })
})

test('old tries are forgotten', (t) => {
  t.is(withTry(tries(9), after(PAIR_POLICY.forgetAfterMs + 1), PAIR_POLICY).failures, 1)
})

test('tries are remembered for longer than the longest wait', (t) => {
  t.true(PAIR_POLICY.forgetAfterMs > PAIR_POLICY.longestWaitMs)
})
