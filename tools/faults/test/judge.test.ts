import test from 'ava'

import type { Answer } from '../src/books/answer.ts'
import { effectsFound } from '../src/books/effects.ts'
import { acknowledgementsOf, countsOf, judge } from '../src/books/judge.ts'

const answer = (overrides: Partial<Answer> = {}): Answer => ({
  ask: 'book',
  patientId: 'patient',
  key: 'key',
  body: 'only',
  doctorId: 'doctor',
  firstSentAt: 0,
  sentAt: 0,
  at: 1,
  status: 201,
  outcome: 'booked',
  id: 'a',
  decision: 'booked 8:00',
  ...overrides,
})
const open = (outcome: Answer['outcome'], overrides: Partial<Answer> = {}): Answer => {
  const bare = answer({ outcome, status: 503 })
  delete bare.id
  delete bare.decision
  return { ...bare, ...overrides }
}
const queued = (overrides: Partial<Answer> = {}) => open('queued', { status: 202, id: 'a', ...overrides })

const finds = test.macro(
  (t, answers: Answer[], expected: { lost?: number; double?: number; wrong?: number }) => {
    const { lost, double, wrong } = judge(answers)
    t.deepEqual(
      { lost: lost.length, double: double.length, wrong: wrong.length },
      { lost: 0, double: 0, wrong: 0, ...expected },
    )
  },
)

test('put off, then booked, then replayed is in order', finds, [open('unavailable'), answer(), answer()], {})
test('a promise that was decided is kept', finds, [queued(), answer({ ask: 'decision' })], {})
test('a promise that was never decided is lost', finds, [queued(), queued({ ask: 'decision' })], { lost: 1 })
test('a key that never got an answer is lost', finds, [open('unavailable'), open('no_answer')], { lost: 1 })
test('two ids under one key are double', finds, [answer(), answer({ id: 'b' })], { double: 1 })
test('a replay that tells another time is double', finds, [answer(), answer({ decision: 'booked 9:00' })], {
  double: 1,
})
test(
  'a promise that becomes another decision is double',
  finds,
  [answer(), answer({ ask: 'decision', outcome: 'refused', decision: 'refused slot_taken' })],
  { double: 2 },
)
test(
  'two bodies that both took effect are double',
  finds,
  [answer({ body: 'first' }), answer({ body: 'second' })],
  { double: 1 },
)
test(
  'one of two bodies is told so',
  finds,
  [answer({ body: 'first' }), open('key_reused', { body: 'second' })],
  {},
)
test('an only body must not be told of another', finds, [answer(), open('key_reused')], { wrong: 1 })
test(
  'a 500 is wrong even when the key was answered later',
  finds,
  [open('wrong', { status: 500 }), answer()],
  { wrong: 1 },
)
test(
  'a cancellation does not contradict the booking',
  finds,
  [answer(), open('cancelled', { ask: 'cancel', id: 'a' })],
  {},
)

test('every promise is told to the audit once, and a cancellation without the key', (t) => {
  const told = acknowledgementsOf([
    open('unavailable'),
    queued(),
    answer(),
    answer(),
    open('cancelled', { ask: 'cancel', id: 'a' }),
    answer({ key: 'other', outcome: 'refused', id: '' }),
  ])

  t.deepEqual(told, [
    { status: 'queued', requestId: 'a', key: 'key' },
    { status: 'booked', requestId: 'a', key: 'key' },
    { status: 'cancelled', requestId: 'a' },
  ])
})

test('outcomes are counted', (t) => {
  t.deepEqual(countsOf([answer(), answer(), queued()]), { booked: 2, queued: 1 })
})

test('an effect is told by its key: more than one, or by nobody', (t) => {
  const effects = new Map([
    ['key', 2],
    ['fine', 1],
    ['stranger', 1],
  ])

  t.deepEqual(effectsFound(effects, [answer(), answer({ key: 'fine' })]), [
    'key=key has 2 appointments',
    'an appointment belongs to key=stranger, which nobody sent',
  ])
})
