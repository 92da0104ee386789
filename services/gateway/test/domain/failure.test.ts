import test from 'ava'

import { type Failure, failureOf, mayTryAgain } from '../../src/domain/failure.ts'

const coded = (code: string) => Object.assign(new Error('x'), { code })

const isA = test.macro((t, error: unknown, expected: Failure) => {
  t.is(failureOf(error), expected)
})

test('a refused connection: unreachable', isA, coded('ECONNREFUSED'), 'unreachable')
test('a connection that takes too long: unreachable', isA, coded('UND_ERR_CONNECT_TIMEOUT'), 'unreachable')
test('a name without an address: unreachable', isA, coded('ENOTFOUND'), 'unreachable')
test('every address refused: unreachable', isA, new AggregateError([coded('ECONNREFUSED')]), 'unreachable')
test('a connection that broke: lost', isA, coded('UND_ERR_SOCKET'), 'lost')
test('a connection that was reset: lost', isA, coded('ECONNRESET'), 'lost')
test('no headers in time: late', isA, coded('UND_ERR_HEADERS_TIMEOUT'), 'late')
test('a client that went away: gone', isA, new DOMException('x', 'AbortError'), 'gone')
test('anything else: lost, as the upstream may have acted', isA, 'text', 'lost')

const again = test.macro((t, method: string, hasKey: boolean, expected: Failure[]) => {
  const all: Failure[] = ['unreachable', 'lost', 'late', 'gone']
  t.deepEqual(
    all.filter((failure) => mayTryAgain(failure, method, hasKey)),
    expected,
  )
})

test('a read may be tried again unless it is late', again, 'GET', false, ['unreachable', 'lost'])
test('a write without a key is never tried again', again, 'POST', false, [])
test('a write with a key only when nothing was sent', again, 'POST', true, ['unreachable'])
test('a deletion without a key is a write', again, 'DELETE', false, [])
