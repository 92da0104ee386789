import test from 'ava'

import { type Answer, meaningOf, type Meaning, type Reply } from '../src/books/answer.ts'

const reply = (status: number, body: unknown = {}, retryAfter?: string): Reply => ({
  status,
  body,
  retryAfter,
})

const means = test.macro((t, ask: Answer['ask'], given: Reply, expected: Meaning) => {
  t.deepEqual(meaningOf(ask, given), expected)
})

const start = '2027-03-01T08:00:00Z'

test('201 is booked or pending', means, 'book', reply(201, { id: 'a', status: 'pending', start }), {
  outcome: 'pending',
  id: 'a',
  decision: `pending ${start}`,
})
test('202 is a promise', means, 'book', reply(202, { id: 'a', status: 'queued' }), {
  outcome: 'queued',
  id: 'a',
})
test(
  '409 with a lasting reason is a refusal, told as the record tells it',
  means,
  'book',
  reply(409, { code: 'BOOKING_SLOT_TAKEN', requestId: 'a' }),
  { outcome: 'refused', code: 'BOOKING_SLOT_TAKEN', id: 'a', decision: 'refused slot_taken' },
)
test(
  'the record of a refusal says the same',
  means,
  'decision',
  reply(200, { id: 'a', decision: 'refused', reason: 'slot_taken' }),
  { outcome: 'refused', id: 'a', decision: 'refused slot_taken' },
)
test('409 for a key in flight is no decision', means, 'book', reply(409, { code: 'BOOKING_KEY_IN_FLIGHT' }), {
  outcome: 'key_in_flight',
  code: 'BOOKING_KEY_IN_FLIGHT',
})
test('409 for anything else is wrong', means, 'book', reply(409, { code: 'BOOKING_STALE' }), {
  outcome: 'wrong',
  code: 'BOOKING_STALE',
})
test('503 that says when to come again is allowed', means, 'book', reply(503, { code: 'UNAVAILABLE' }, '2'), {
  outcome: 'unavailable',
  code: 'UNAVAILABLE',
})
test('503 without Retry-After is wrong', means, 'book', reply(503, { code: 'UNAVAILABLE' }), {
  outcome: 'wrong',
  code: 'UNAVAILABLE',
})
test('500 is wrong', means, 'cancel', reply(500, { code: 'INTERNAL' }), {
  outcome: 'wrong',
  code: 'INTERNAL',
})
test('a decision `failed` is wrong', means, 'decision', reply(200, { id: 'a', decision: 'failed' }), {
  outcome: 'wrong',
  id: 'a',
})
test(
  'a cancellation that leaves it standing is wrong',
  means,
  'cancel',
  reply(200, { id: 'a', status: 'booked' }),
  {
    outcome: 'wrong',
  },
)
test('an answer that is no JSON is wrong', means, 'book', reply(201, undefined), { outcome: 'wrong' })
