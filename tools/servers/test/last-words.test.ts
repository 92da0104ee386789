import test from 'ava'

import { lastWords } from '../src/last-words.ts'

test('takes the last error out of a structured log', (t) => {
  const output = [
    '{"level":30,"msg":"starting"}',
    '{"level":60,"msg":"cannot start","err":{"message":"DATABASE_URL is not set"}}',
    '{"level":30,"msg":"bye"}',
  ].join('\n')

  t.is(lastWords(output), 'cannot start: DATABASE_URL is not set')
})

test('takes the error out of a stack trace', (t) => {
  const output = 'file:///x.ts:3\nTypeError: it broke\n    at main (x.ts:3)\n\nNode.js v24\n'

  t.is(lastWords(output), 'TypeError: it broke')
})

test('falls back to the last line, and to saying that there is none', (t) => {
  t.is(lastWords('one\ntwo\n'), 'two')
  t.is(lastWords(''), 'it wrote nothing')
})
