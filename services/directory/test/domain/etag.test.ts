import test from 'ava'

import { entityTag, isFresh, listTag, parseIfMatch } from '../../src/domain/etag.ts'

test('an entity tag names the version and changes with the body', (t) => {
  t.regex(entityTag(7, '{}'), /^"7-[0-9a-f]{16}"$/)
  t.not(entityTag(7, '{}'), entityTag(7, '{"name":"x"}'))
})

test('a list has a weak tag', (t) => {
  t.regex(listTag('[]'), /^W\/"[0-9a-f]{16}"$/)
})

const reads = test.macro({
  exec: (t, header: string, expected: unknown) => t.deepEqual(parseIfMatch(header), expected as never),
  title: (_, header) => `If-Match ${String(header)}`,
})
test(reads, '*', 'any')
test(reads, '"3"', [3])
test(reads, '"3-00ff"', [3])
test(reads, 'W/"3-00ff"', [3])
test(reads, '"3-00ff", "4"', [3, 4])
test(reads, '3', undefined)
test(reads, '"x"', undefined)
test(reads, '"3", nonsense', undefined)
test(reads, '"9999999999"', undefined)
test(reads, '', undefined)

test('a copy is fresh when any of its tags is the same, weak or not', (t) => {
  t.true(isFresh('"1-aa"', '"1-aa"'))
  t.true(isFresh('W/"1-aa"', '"1-aa"'))
  t.true(isFresh('"0", W/"bb"', 'W/"bb"'))
  t.true(isFresh('*', '"1-aa"'))
  t.false(isFresh('"1-ab"', '"1-aa"'))
  t.false(isFresh(undefined, '"1-aa"'))
})
