import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { claimsOf, createWorld, refresh, revoke, type World } from './helpers/world.ts'

// In turn: a log-in keeps a core busy, so side by side they only wait for each other.
const scope = fileScope(test)
let world: World
let issuer: string

test.before(async () => {
  world = await createWorld(scope)
  issuer = world.config.ISSUER
})

async function loggedIn() {
  const person = await world.addUser()
  const tokens = await world.logIn(person)
  const sid = String(claimsOf(tokens.access_token).sid)
  return { person, tokens, sid, refreshToken: tokens.refresh_token ?? '' }
}

const revocations = async (sid: string) =>
  (await world.events('identity.session.revoked')).filter(({ data }) => data.sid === sid)

test.serial('a refresh gives a new access token and a new refresh token of the same log-in', async (t) => {
  const { person, sid, refreshToken } = await loggedIn()
  const { status, body } = await refresh(issuer, refreshToken)
  t.is(status, 200)
  t.not(body.refresh_token, refreshToken)
  t.like(claimsOf(body.access_token ?? ''), { sub: person.id, sid, roles: ['patient'] })
})

test.serial('a refresh token used twice kills its whole family', async (t) => {
  const { sid, refreshToken } = await loggedIn()
  const second = await refresh(issuer, refreshToken)
  const third = await refresh(issuer, second.body.refresh_token ?? '')
  t.is(third.status, 200)

  t.is((await refresh(issuer, refreshToken)).body.error, 'invalid_grant')
  t.is((await refresh(issuer, third.body.refresh_token ?? '')).body.error, 'invalid_grant')
  const events = await revocations(sid)
  t.is(events.length, 1)
  t.is(events[0]?.subject, `identity.session.revoked.${sid}`)
})

test.serial('of two uses at once at most one is answered, and the family is dead after', async (t) => {
  const { sid, refreshToken } = await loggedIn()
  const answers = await Promise.all(Array.from({ length: 6 }, async () => refresh(issuer, refreshToken)))
  const won = answers.filter(({ status }) => status === 200)
  t.true(won.length <= 1)
  for (const { body } of won) {
    t.is((await refresh(issuer, body.refresh_token ?? '')).body.error, 'invalid_grant')
  }
  t.is((await revocations(sid)).length, 1)
})

test.serial('another log-in of the same person outlives the death of a family', async (t) => {
  const { person, refreshToken } = await loggedIn()
  const other = await world.logIn(person)
  await refresh(issuer, refreshToken)
  await refresh(issuer, refreshToken)
  t.is((await refresh(issuer, other.refresh_token ?? '')).status, 200)
})

test.serial('revoking a refresh token ends the log-in and says so', async (t) => {
  const { sid, refreshToken } = await loggedIn()
  t.is(await revoke(issuer, refreshToken), 200)
  t.is((await refresh(issuer, refreshToken)).body.error, 'invalid_grant')
  const [event] = await revocations(sid)
  t.like(event, { data: { sid, userId: null, issuedBefore: null } })
  t.true(Date.parse(String(event?.data.forgetAfter)) >= world.now().getTime() + 900_000)
})

test.serial('after a log-out the access token is refused at once', async (t) => {
  const { tokens, refreshToken } = await loggedIn()
  const { access_token: token } = tokens
  t.is((await world.api('/v1/me', { token })).status, 200)
  await revoke(issuer, refreshToken)
  const response = await world.api('/v1/me', { token })
  t.is(response.status, 401)
  t.regex(response.headers.get('www-authenticate') ?? '', /invalid_token/)
})

test.serial('revoking what does not exist is answered as if it did', async (t) => {
  t.is(await revoke(issuer, 'A'.repeat(43)), 200)
})

test.serial('a refresh token of another client is refused', async (t) => {
  const { refreshToken } = await loggedIn()
  const { body } = await refresh(issuer, refreshToken, 'medqueue-web')
  t.is(body.error, 'invalid_grant')
  t.is((await refresh(issuer, refreshToken)).status, 200)
})

test.serial('rotation does not lengthen a log-in', async (t) => {
  const { sid, refreshToken } = await loggedIn()
  const { body } = await refresh(issuer, refreshToken)
  t.is((await refresh(issuer, body.refresh_token ?? '')).status, 200)
  const { rows } = await world.pool.query<{ spread: number }>(
    `SELECT extract(epoch FROM max(expires_at) - min(expires_at))::float AS spread
     FROM oidc_payload WHERE model = 'RefreshToken' AND grant_id = $1`,
    [sid],
  )
  t.true((rows[0]?.spread ?? 99) <= 2)
})

test.serial('a person who was deactivated gets no more tokens', async (t) => {
  const { person, refreshToken } = await loggedIn()
  await deactivate(person.id)
  t.is((await refresh(issuer, refreshToken)).body.error, 'invalid_grant')
  await t.throwsAsync(world.logIn(person), { message: 'E-mail address or password is wrong.' })
})

test.serial('a new role is in the next access token', async (t) => {
  const { person, refreshToken } = await loggedIn()
  const admin = await world.logIn(await world.addUser({ roles: ['admin'] }))
  const path = `/v1/users/${person.id}/roles/doctor`
  t.is((await world.api(path, { method: 'PUT', token: admin.access_token })).status, 200)
  const { body } = await refresh(issuer, refreshToken)
  t.deepEqual(claimsOf(body.access_token ?? '').roles, ['patient', 'doctor'])
})

async function deactivate(id: string) {
  const { access_token: token } = await world.logIn(await world.addUser({ roles: ['admin'] }))
  const headers = { 'if-match': '*' }
  await world.api(`/v1/users/${id}`, { method: 'PATCH', token, headers, body: { active: false } })
}
