import test from 'ava'

import { originAllowed, parseOrigins } from '../../src/domain/origins.ts'

const trusted = parseOrigins('https://a.example, http://localhost:8080')

const asks = test.macro((t, origin: string | undefined, expected: boolean) => {
  t.is(originAllowed(origin, trusted), expected)
})

test('a listed origin gets in', asks, 'https://a.example', true)
test('a listed origin with a port gets in', asks, 'http://localhost:8080', true)
test('a program without an origin gets in', asks, undefined, true)
test('another scheme does not', asks, 'http://a.example', false)
test('another port does not', asks, 'http://localhost:8081', false)
test('a subdomain does not', asks, 'https://evil.a.example', false)
test('a name that only ends alike does not', asks, 'https://not-a.example', false)
test('an opaque origin does not', asks, 'null', false)

test('an empty list trusts nobody', (t) => {
  t.is(parseOrigins('').size, 0)
})

for (const list of [
  'https://a.example/path',
  'ftp://a.example',
  'a.example',
  'https://a.example;https://b.example',
]) {
  test(`${list} is no list of origins`, (t) => {
    t.throws(() => parseOrigins(list), { instanceOf: TypeError })
  })
}
