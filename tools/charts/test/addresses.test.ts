import { isIP } from 'node:net'

import test from 'ava'
import fc from 'fast-check'

import { CIDR, PORT, PROXY } from '../src/addresses.ts'

const matches = (pattern: string, text: string) => new RegExp(`^${pattern}$`).test(text)

test('every address is taken for a proxy, alone and with each length of a prefix but none', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: -1, max: 200 }), (address, length) => {
      // A dotted tail is taken for addresses of the other kind only.
      fc.pre(isIP(address) === 4 || !address.includes('.'))
      const most = isIP(address) === 4 ? 32 : 128
      t.true(matches(PROXY, address), address)
      t.is(matches(PROXY, `${address}/${length}`), length >= 1 && length <= most, `${address}/${length}`)
      t.is(matches(CIDR, `${address}/${length}`), length >= 0 && length <= most, `${address}/${length}`)
    }),
  )
})

test('what looks like an address is taken only when it is one', (t) => {
  const part = fc.constantFrom('1', '::', ':', 'ffff', '255', '256', '.', '0', 'g')
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 17 }), (parts) => {
      const text = parts.join('')
      fc.pre(!text.includes(':') || !text.includes('.'))
      t.is(matches(PROXY, text), isIP(text) !== 0, text)
    }),
    { numRuns: 2_000 },
  )
})

test('ports are those that there are', (t) => {
  for (let port = 0; port <= 70_000; port += 1) {
    if (matches(PORT, String(port)) !== (port >= 1 && port <= 65_535)) t.fail(String(port))
  }
  t.false(matches(PORT, '080'))
})
