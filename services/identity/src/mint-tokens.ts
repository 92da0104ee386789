/**
 * `mint-tokens.ts --out tokens.jsonl (--count 20000 | --ids ids.txt) [--role patient] [--minutes 15]`: access tokens
 * without log-ins, for load tests on the machine that has the keys. One `{"sub","token"}` a line. With --count the
 * subjects are the demonstration's first patients. Needs DATABASE_URL, KEY_ENCRYPTION_KEY and ISSUER.
 */
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'

import { createPool } from '@medqueue/database'
import { demoPatients } from '@medqueue/demo-data'
import { loadConfig, ProblemError } from '@medqueue/service-kit'
import { Type } from 'typebox'

import { keyPolicyOf } from './app.ts'
import { createMint } from './cli/mint.ts'
import { Config } from './config.ts'
import { createVault } from './crypto/vault.ts'
import { PERSON_ROLES } from './domain/users.ts'
import { IdentityErrors } from './errors.ts'
import { readSigningKey } from './oidc/key-set.ts'

/** A soak test outlives the 15 minutes of a real token; a working day is enough. */
const MOST_MINUTES = 12 * 60

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    count: { type: 'string', default: '20000' },
    ids: { type: 'string' },
    role: { type: 'string', default: 'patient' },
    minutes: { type: 'string', default: '15' },
  },
})
const config = loadConfig(
  Type.Pick(Config, [
    'DATABASE_URL',
    'DATABASE_URL_FILE',
    'KEY_ENCRYPTION_KEY',
    'ISSUER',
    'TOKEN_AUDIENCE',
    'KEY_ROTATION_DAYS',
    'KEY_LEAD_SECONDS',
  ]),
)
const role = PERSON_ROLES.find((known) => known === values.role)
const minutes = Number(values.minutes)
const count = Number(values.count)

if (
  values.out === undefined ||
  role === undefined ||
  !within(minutes, MOST_MINUTES) ||
  !within(count, 50_000)
) {
  process.stderr.write(
    'Usage: mint-tokens.ts --out <file> [--count <1..50000> | --ids <file>] [--role <role>] [--minutes <1..720>]\n',
  )
  process.exitCode = 2
} else {
  const subjects = await subjectsOf(values.ids, count)
  const mint = createMint({
    key: await signingKey(),
    issuer: config.ISSUER,
    audience: config.TOKEN_AUDIENCE,
    roles: [role],
    lifetime: minutes * 60,
    now: () => new Date(),
  })
  const lines = function* () {
    for (const sub of subjects) yield `${JSON.stringify({ sub, token: mint(sub) })}\n`
  }
  // Readable by the owner alone: a token is as good as a log-in.
  await pipeline(Readable.from(lines()), createWriteStream(values.out, { mode: 0o600 }))
  process.stdout.write(`${subjects.length} tokens in ${values.out}\n`)
}

function within(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most
}

async function subjectsOf(file: string | undefined, most: number): Promise<string[]> {
  if (file === undefined) return demoPatients(most).map(({ id }) => id)
  const text = await readFile(file, 'utf8')
  return text.split(/\s+/).filter((id) => id !== '')
}

async function signingKey() {
  const pool = createPool({ url: config.DATABASE_URL, max: 1, name: 'identity-mint' })
  try {
    const vault = createVault(config.KEY_ENCRYPTION_KEY)
    const key = await readSigningKey({ pool, vault, policy: keyPolicyOf(config), now: () => new Date() })
    if (key === undefined) throw new ProblemError(IdentityErrors.IDENTITY_NO_SIGNING_KEY)
    return key
  } finally {
    await pool.end()
  }
}
