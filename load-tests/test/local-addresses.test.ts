import test from 'ava'

import { localAddresses } from '../lib/local-addresses.ts'

test('patients call a platform on loopback from several addresses', (t) => {
  t.deepEqual(localAddresses(['http://127.0.0.1:8000'], 'linux'), ['--local-ips', '127.0.0.1-127.0.0.8'])
})

test('a platform elsewhere, or a system with one loopback address, is called as ever', (t) => {
  t.deepEqual(localAddresses(['https://book.example.org', 'http://127.0.0.1:8000'], 'linux'), [])
  t.deepEqual(localAddresses(['http://127.0.0.1:8000'], 'darwin'), [])
})
