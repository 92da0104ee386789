/**
 * `rotate-keys.ts [--compromised]`: makes a new signing key. Without the flag it is published first and signs after
 * KEY_LEAD_SECONDS, and nobody notices. With it, the new key signs at once and all others are deleted: no token issued
 * so far is valid any more. Needs DATABASE_URL and KEY_ENCRYPTION_KEY.
 */
import { parseArgs } from 'node:util'

import { createPool } from '@medqueue/database'
import { loadConfig } from '@medqueue/service-kit'
import { Type } from 'typebox'

import { keyPolicyOf } from './app.ts'
import { Config } from './config.ts'
import { createVault } from './crypto/vault.ts'
import { rotateKeys } from './oidc/key-set.ts'

const { values } = parseArgs({ options: { compromised: { type: 'boolean', default: false } } })
const config = loadConfig(
  Type.Pick(Config, [
    'DATABASE_URL',
    'DATABASE_URL_FILE',
    'KEY_ENCRYPTION_KEY',
    'KEY_ROTATION_DAYS',
    'KEY_LEAD_SECONDS',
  ]),
)
const pool = createPool({ url: config.DATABASE_URL, max: 1, name: 'identity-rotate' })
try {
  const context = {
    pool,
    vault: createVault(config.KEY_ENCRYPTION_KEY),
    policy: keyPolicyOf(config),
    now: () => new Date(),
  }
  const { plan } = await rotateKeys(context, { atOnce: values.compromised, forgetOthers: values.compromised })
  const when = plan.nextChange === undefined ? 'now' : `from ${plan.nextChange.toISOString()}`
  process.stdout.write(`${plan.published.length} keys published; the new one signs ${when}\n`)
} finally {
  await pool.end()
}
