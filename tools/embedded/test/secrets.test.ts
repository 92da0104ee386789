import { statSync } from 'node:fs'
import { join } from 'node:path'

import test from 'ava'

import { openSecrets } from '../src/secrets.ts'
import { scratchFolder } from './helpers/world.ts'

test('makes a secret once and keeps it', async (t) => {
  const file = join(await scratchFolder(t), 'secrets.json')

  const secret = openSecrets(file).get('database.booking.app')

  t.regex(secret, /^[0-9a-f]{64}$/)
  t.is(openSecrets(file).get('database.booking.app'), secret)
  t.not(openSecrets(file).get('database.booking.owner'), secret)
  t.is(statSync(file).mode & 0o777, 0o600)
})
