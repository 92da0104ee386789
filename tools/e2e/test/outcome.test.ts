import type { Answer } from '@medqueue/faults'
import { percentile } from '@medqueue/load-tests/percentile'
import test from 'ava'

import { outcomeOf } from '../src/load/outcome.ts'
import { outcomeOf as readOutcomeOf, ReadTally, READS } from '../src/load/reads.ts'

const answer = (overrides: Partial<Answer> = {}): Answer => ({
  ...{ ask: 'book', patientId: 'patient', key: 'key', body: 'only', doctorId: 'doctor' },
  ...{ firstSentAt: 1_000, sentAt: 1_000, at: 1_050, status: 201, outcome: 'booked' },
  ...{ id: 'a', decision: 'booked 8:00' },
  ...overrides,
})
const bare = (overrides: Partial<Answer>): Answer => {
  const one = answer(overrides)
  delete one.decision
  if (overrides.id === undefined) delete one.id
  return one
}
const putOff = bare({ status: 503, outcome: 'unavailable', at: 1_010 })
const promised = bare({ status: 202, outcome: 'queued', at: 3_000, id: 'a' })
const learnt = answer({ ask: 'decision', status: 200, firstSentAt: 3_250, sentAt: 3_250, at: 3_300 })

test('a booking that was put off and then promised waits from its first question to its decision', (t) => {
  const {
    requests,
    booked,
    putOff: refused,
    maxMs,
    lost,
    wrong,
  } = outcomeOf([putOff, promised, learnt], new ReadTally())
  t.deepEqual({ requests, booked, refused, maxMs }, { requests: 1, booked: 1, refused: 1, maxMs: 2_300 })
  t.deepEqual([lost, wrong], [[], []])
})

test('a promise without a decision is lost', (t) => {
  t.is(outcomeOf([promised], new ReadTally()).lost.length, 1)
})

test('a bad gateway is wrong, whoever was asked', (t) => {
  const reads = new ReadTally()
  const [read] = READS
  reads.note(read, { status: 502, retryAfter: null })
  reads.note(read, new Error('socket hang up'))
  const broken = bare({ status: 502, outcome: 'wrong' })
  t.is(outcomeOf([broken, answer()], reads).wrong.length, 3)
})

test('only a 503 that says when to come again puts a reader off', (t) => {
  const [read] = READS
  t.is(readOutcomeOf(read, { status: read.status, retryAfter: null }), 'right')
  t.is(readOutcomeOf(read, { status: 503, retryAfter: '1' }), 'put off')
  t.is(readOutcomeOf(read, { status: 503, retryAfter: null }), 'wrong')
  t.is(readOutcomeOf(read, { status: 404, retryAfter: null }), 'wrong')
})

test('percentiles are values that occurred', (t) => {
  const values = Array.from({ length: 20 }, (_, index) => index + 1)
  t.is(percentile(values, 0.5), 10)
  t.is(percentile(values, 0.99), 20)
  t.is(percentile([], 0.99), 0)
})
