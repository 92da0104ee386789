import test from 'ava'

import { type Resumption, resumption } from '../../src/domain/resume.ts'

const recent = { floor: 100, head: 150 }
const stream = { first: 40, last: 160 }

const resumes = test.macro((t, lastEventId: number, expected: Resumption) => {
  t.is(resumption(lastEventId, recent, stream), expected)
})

test('at the head there is nothing to tell', resumes, 150, 'memory')
test('at the floor all that was missed is in memory', resumes, 100, 'memory')
test('before the floor the broker is asked', resumes, 99, 'history')
test('the broker still has what comes after the one before its first', resumes, 39, 'history')
test('one earlier and something is gone', resumes, 38, 'reset')
test('ahead of this replica but not of the stream is fine', resumes, 160, 'memory')
test('ahead of the stream is not of this stream', resumes, 161, 'reset')

test('an empty stream that has dropped everything resets those before its end only', (t) => {
  const empty = { first: 51, last: 50 }
  const nothing = { floor: 50, head: 50 }
  t.is(resumption(50, nothing, empty), 'memory')
  t.is(resumption(49, nothing, empty), 'reset')
})
