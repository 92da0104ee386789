import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { demoDoctors, demoPatients, demoServiceTypes } from '@medqueue/demo-data'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { DEMO_PASSWORD, seed } from '../../src/seed.ts'
import { claimsOf, createWorld, type World } from '../helpers/world.ts'

// In turn: each program is a process of its own, and there are two cores.
const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
  await seed(world.pool)
})

/** Runs one of the service's programs against the world. */
async function run(program: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const { ISSUER, DATABASE_URL, KEY_ENCRYPTION_KEY } = world.config
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src', program), ...args], {
    env: { ...process.env, ISSUER, DATABASE_URL, KEY_ENCRYPTION_KEY, ...env },
  })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { out, err, code: child.exitCode }
}

async function folder(t: { teardown: (work: () => Promise<void>) => void }) {
  const path = await mkdtemp(join(tmpdir(), 'identity-'))
  t.teardown(async () => rm(path, { recursive: true }))
  return path
}

test.serial('seeding again adds nothing', async (t) => {
  t.is(await seed(world.pool), 0)
})

const roles = ['patient', 'doctor', 'admin', 'stakeholder']
for (const role of roles) {
  test.serial(`the demonstration's ${role} can log in`, async (t) => {
    const tokens = await world.logIn({ email: `${role}@demo.medqueue.dev` }, { password: DEMO_PASSWORD })
    t.deepEqual(claimsOf(tokens.access_token).roles, [role])
  })
}

test.serial(
  "the demonstration's patient is the directory's first, its doctor one who approves visits",
  async (t) => {
    const approved = demoServiceTypes().find(({ approval }) => approval === 'manual')?.id ?? ''

    const subOf = async (email: string) =>
      claimsOf((await world.logIn({ email }, { password: DEMO_PASSWORD })).access_token).sub
    t.is(await subOf('patient@demo.medqueue.dev'), demoPatients(1)[0]?.id)
    const doctor = demoDoctors().find(({ serviceIds }) => serviceIds.includes(approved))
    t.is(await subOf('doctor@demo.medqueue.dev'), doctor?.id)
  },
)

test.serial('the log-in program prints a token that works, and nothing else', async (t) => {
  const { out, code } = await run('login.ts', ['patient@demo.medqueue.dev'])
  t.is(code, 0)
  t.is(out.split('\n').length, 2)
  t.is((await world.api('/v1/me', { token: out.trim() })).status, 200)
})

test.serial('the log-in program says what is wrong and fails', async (t) => {
  const wrong = await run('login.ts', ['stakeholder@demo.medqueue.dev'], { PASSWORD: 'not-this-one' })
  t.deepEqual(wrong, { out: '', err: 'No token: E-mail address or password is wrong.\n', code: 1 })
  const away = await run('login.ts', ['patient@demo.medqueue.dev'], { ISSUER: 'http://127.0.0.1:1/oidc' })
  t.is(away.code, 1)
  t.regex(away.err, /is the platform up\?/)
  t.is((await run('login.ts', [])).code, 2)
})

test.serial('minted tokens are accepted as real ones are', async (t) => {
  const file = join(await folder(t), 'tokens.jsonl')
  const { code } = await run('mint-tokens.ts', ['--out', file, '--count', '50'])
  t.is(code, 0)
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const tokens = lines.map((line) => JSON.parse(line) as { sub: string; token: string })
  t.deepEqual(
    tokens.map(({ sub }) => sub),
    demoPatients(50).map(({ id }) => id),
  )
  const token = tokens[0]?.token ?? ''
  t.like(await (await world.api('/v1/me', { token })).json(), { email: 'patient@demo.medqueue.dev' })
  t.is((await stat(file)).mode & 0o077, 0)
})

test.serial('minting can be for a role and for a longer test', async (t) => {
  const file = join(await folder(t), 'tokens.jsonl')
  await run('mint-tokens.ts', ['--out', file, '--count', '1', '--role', 'admin', '--minutes', '60'])
  const { token } = JSON.parse(await readFile(file, 'utf8')) as { token: string }
  const claims = claimsOf(token)
  t.deepEqual(claims.roles, ['admin'])
  t.is(Number(claims.exp) - Number(claims.iat), 3_600)
})

test.serial('minting refuses what it does not understand', async (t) => {
  t.is((await run('mint-tokens.ts', [])).code, 2)
  t.is((await run('mint-tokens.ts', ['--out', '/dev/null', '--role', 'king'])).code, 2)
  t.is((await run('mint-tokens.ts', ['--out', '/dev/null', '--minutes', '100000'])).code, 2)
})

test.serial('the rotation program makes a key that is published first', async (t) => {
  const { out, code } = await run('rotate-keys.ts', [])
  t.is(code, 0)
  t.regex(out, /^2 keys published; the new one signs from /)
  const { rows } = await world.pool.query('SELECT 1 FROM signing_key')
  t.is(rows.length, 2)
})
