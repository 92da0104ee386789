import test from 'ava'

import { isDependencyDown } from '../src/index.ts'

const is = test.macro((t, error: unknown, expected: boolean) => {
  t.is(isDependencyDown(error), expected)
})

function coded(code: string): Error {
  return Object.assign(new Error('x'), { code })
}

function named(name: string, fields: object = {}): Error {
  return Object.assign(new Error('x'), { name, ...fields })
}

for (const code of [
  'ECONNREFUSED',
  'ECONNRESET',
  '57P01',
  '57P03',
  '53300',
  '28P01',
  '08006',
  '40001',
  '57014',
]) {
  test(`${code} means not now`, is, coded(code), true)
}
for (const code of ['23505', '42P01', '22P02', '08P01', 'ERR_ASSERTION', 'FST_ERR_CTP_BODY_TOO_LARGE']) {
  test(`${code} means something else`, is, coded(code), false)
}
for (const name of ['TimeoutError', 'NoResponders', 'ClosedConnectionError', 'ClientOfflineError']) {
  test(`${name} means not now`, is, named(name), true)
}

test('pg errors without a code are known by their text', (t) => {
  t.true(isDependencyDown(new Error('Connection terminated unexpectedly')))
  t.true(isDependencyDown(new Error('timeout exceeded when trying to connect')))
  t.false(isDependencyDown(new Error('the patient said: Connection terminated')))
})

test('a full stream means not now', is, named('JetStreamApiError', { status: 503, code: 10_077 }), true)
test('a wrong sequence does not', is, named('JetStreamApiError', { status: 400, code: 10_071 }), false)
test('looks into causes', is, new Error('not saved', { cause: coded('57P01') }), true)
test('looks into what was tried together', is, new AggregateError([coded('ECONNREFUSED')]), true)
test('an ordinary error is a bug', is, new Error('undefined is not a function'), false)
test('what is not an error is a bug', is, 'ECONNREFUSED', false)

test('a cause that goes round in a circle ends', (t) => {
  const error = new Error('round')
  error.cause = error

  t.false(isDependencyDown(error))
})
