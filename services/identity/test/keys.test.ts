import { createTestDatabase } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'

import { createVault, newEncryptionKey } from '../src/crypto/vault.ts'
import { type KeyContext, maintainKeys, readSigningKey, rotateKeys } from '../src/oidc/key-set.ts'
import { createWorld, headerOf, MIGRATIONS, type World } from './helpers/world.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const policy = { rotateAfterMs: 30 * DAY, leadMs: 15 * MINUTE, keepMs: DAY }

/** The context a command-line rotation has, beside the running service. */
function contextOf(world: World): KeyContext {
  const vault = createVault(world.config.KEY_ENCRYPTION_KEY)
  return { pool: world.pool, vault, policy, now: world.now }
}

async function publishedBy({ config }: World): Promise<string[]> {
  const response = await fetch(config.JWKS_URL)
  const { keys } = (await response.json()) as { keys: { kid: string; d?: string }[] }
  if (keys.some(({ d }) => d !== undefined)) throw new Error('a private key is public')
  return keys.map(({ kid }) => kid)
}

const statusOf = async (world: World, token: string) => (await world.api('/v1/me', { token })).status

/** Moves the clock without letting tokens expire: those are judged by the machine's clock. */
async function later(world: World, milliseconds: number) {
  world.advance(milliseconds)
  await world.issuer.refresh()
}

test.serial('a new key is published before it signs, and old tokens stay valid after it does', async (t) => {
  const world = await createWorld(t)
  const person = await world.addUser()
  const before = (await world.logIn(person)).access_token
  const [oldKey] = await publishedBy(world)

  await rotateKeys(contextOf(world))
  await world.issuer.refresh()
  const published = await publishedBy(world)
  t.is(published.length, 2)
  t.is(headerOf((await world.logIn(person)).access_token).kid, oldKey)

  await later(world, policy.leadMs + MINUTE)
  const after = (await world.logIn(person)).access_token
  t.not(headerOf(after).kid, oldKey)
  t.true(published.includes(String(headerOf(after).kid)))
  t.is(await statusOf(world, before), 200)
  t.is(await statusOf(world, after), 200)

  await later(world, policy.keepMs + MINUTE)
  t.deepEqual(await publishedBy(world), [String(headerOf(after).kid)])
  const { rows } = await world.pool.query('SELECT kid FROM signing_key')
  t.is(rows.length, 1)
})

test.serial('keys are rotated by themselves when they are old enough', async (t) => {
  const world = await createWorld(t)
  const [first] = await publishedBy(world)
  await later(world, policy.rotateAfterMs - policy.leadMs - MINUTE)
  t.is((await publishedBy(world)).length, 1)
  await later(world, MINUTE)
  t.is((await publishedBy(world)).length, 2)
  t.is((await publishedBy(world))[0], first)
})

test.serial('after a key was compromised no token it signed is valid', async (t) => {
  const world = await createWorld(t)
  const person = await world.addUser()
  const before = (await world.logIn(person)).access_token
  await rotateKeys(contextOf(world), { atOnce: true, forgetOthers: true })
  await world.issuer.refresh()

  const after = (await world.logIn(person)).access_token
  t.is(await statusOf(world, after), 200) // The unknown key made the service fetch the set anew.
  t.is(await statusOf(world, before), 401)
})

test.serial('a refresh token outlives the key of its access token', async (t) => {
  const world = await createWorld(t)
  const tokens = await world.logIn(await world.addUser())
  await rotateKeys(contextOf(world), { atOnce: true })
  await world.issuer.refresh()
  const response = await fetch(`${world.config.ISSUER}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'medqueue-cli',
      refresh_token: tokens.refresh_token ?? '',
    }),
  })
  t.is(response.status, 200)
})

async function keysOf(t: ExecutionContext) {
  const { pool } = await createTestDatabase(t, MIGRATIONS)
  const context = (key = newEncryptionKey()): KeyContext => {
    return { pool, vault: createVault(key), policy, now: () => new Date('2027-03-01T00:00:00Z') }
  }
  return { pool, context }
}

test.serial('replicas that start at once on an empty database make one key', async (t) => {
  const { pool, context } = await keysOf(t)
  const shared = context()
  // Connections are made first, so that the replicas really meet.
  await Promise.all(Array.from({ length: 5 }, async () => pool.query('SELECT 1')))
  const sets = await Promise.all(Array.from({ length: 5 }, async () => maintainKeys(shared)))
  t.is(new Set(sets.map(({ plan }) => plan.signing)).size, 1)
  const { rows } = await pool.query('SELECT kid FROM signing_key')
  t.is(rows.length, 1)
})

test.serial('a private key is never stored in the clear', async (t) => {
  const { pool, context } = await keysOf(t)
  const { keys } = await maintainKeys(context())
  const { rows } = await pool.query<{ public_jwk: object; sealed_private_jwk: Buffer }>(
    'SELECT * FROM signing_key',
  )
  t.false('d' in (rows[0]?.public_jwk ?? {}))
  const sealed = rows[0]?.sealed_private_jwk ?? Buffer.alloc(0)
  t.false(sealed.includes(keys[0]?.d ?? ''))
  t.false(sealed.includes('"kty"'))
})

test.serial('with another encryption key the service says what is wrong', async (t) => {
  const { context } = await keysOf(t)
  await maintainKeys(context())
  await t.throwsAsync(maintainKeys(context()), { code: 'IDENTITY_KEY_UNREADABLE' })
})

test.serial('a sealed key moved to another id does not open', async (t) => {
  const { pool, context } = await keysOf(t)
  const own = context()
  await maintainKeys(own)
  await pool.query(`UPDATE signing_key SET kid = 'another'`)
  await t.throwsAsync(readSigningKey(own), { code: 'IDENTITY_KEY_UNREADABLE' })
})
