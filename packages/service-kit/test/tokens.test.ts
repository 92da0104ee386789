import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { createTokenIssuer } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'
import { createSigner } from 'fast-jwt'
import { pino } from 'pino'

import type { Service } from '../src/index.ts'
import { TokenChecker } from '../src/tokens.ts'
import { bearer, world, type World } from './helpers/world.ts'
import { until } from './helpers/until.ts'

const routes = (app: Service) => {
  app.get('/me', { config: { permission: 'authenticated' } }, ({ caller }) => ({
    id: caller.id,
    roles: caller.roles,
    books: caller.can('appointment:book'),
    manages: caller.can('user:manage'),
  }))
  app.get('/open', { config: { permission: 'public' } }, ({ callerIfAny }) => ({
    id: callerIfAny?.id ?? null,
  }))
  app.get('/careless', { config: { permission: 'public' } }, ({ caller }) => ({ id: caller.id }))
}

const claims = () => ({ sub: randomUUID(), roles: ['patient'] as const })

const refuses = test.macro(async (t, forge: (w: World) => string) => {
  const w = await world(t, routes)

  const answer = await w.app.inject({ url: '/me', headers: { authorization: forge(w) } })

  t.is(answer.statusCode, 401)
  t.is(answer.headers['content-type'], 'application/problem+json')
  t.regex(String(answer.headers['www-authenticate']), /^Bearer /)
  t.like(answer.json(), { code: 'UNAUTHENTICATED', status: 401 })
})

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

test('a good token says who calls and what they may do', async (t) => {
  const { app, issuer } = await world(t, routes)
  const sub = randomUUID()

  const answer = await app.inject({ url: '/me', headers: bearer(issuer.token({ sub, roles: ['patient'] })) })

  t.deepEqual(answer.json(), { id: sub, roles: ['patient'], books: true, manages: false })
})

test('the type of RFC 9068 is accepted', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keys = await serveKeys(t, () => [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }])
  const { app, issuer } = await world(t, routes, { config: { JWKS_URL: keys.url } })
  const sign = createSigner({
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    algorithm: 'ES256',
    kid: 'k',
    header: { alg: 'ES256', typ: 'at+jwt' },
  })
  const exp = Math.floor(Date.now() / 1_000) + 60
  const token = sign({ iss: issuer.issuer, aud: 'medqueue', ...claims(), exp })

  t.is((await app.inject({ url: '/me', headers: bearer(token) })).statusCode, 200)
})

test('a token among other words', refuses, ({ issuer }) => `Basic ${issuer.token(claims())}`)
test('words that are no token', refuses, () => 'Bearer of.bad.news')
test(
  'an expired token',
  refuses,
  ({ issuer }) => `Bearer ${issuer.token({ ...claims(), exp: seconds(-60) })}`,
)
test(
  'a token without an end',
  refuses,
  ({ issuer }) => `Bearer ${issuer.token({ ...claims(), exp: undefined })}`,
)
test(
  'a token for another audience',
  refuses,
  ({ issuer }) => `Bearer ${issuer.token({ ...claims(), aud: 'else' })}`,
)
test(
  'a token of another issuer',
  refuses,
  ({ issuer }) => `Bearer ${issuer.token({ ...claims(), iss: 'http://x' })}`,
)
test('an unsigned token', refuses, ({ issuer }) => `Bearer ${issuer.unsignedToken(claims())}`)
test('a huge token', refuses, () => `Bearer ${'a'.repeat(9_000)}`)

test('a token signed with the public key as if it were a secret', refuses, ({ issuer }) => {
  const [head = '', payload = ''] = issuer.token(claims()).split('.')
  const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string }
  const content = `${base64url({ alg: 'HS256', typ: 'JWT', kid })}.${payload}`
  return `Bearer ${content}.${createHmac('sha256', kid).update(content).digest('base64url')}`
})

test('a token whose claims were changed', refuses, ({ issuer }) => {
  const [head, payload = '', signature] = issuer.token(claims()).split('.')
  const changed = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  return `Bearer ${head}.${base64url({ ...changed, roles: ['admin'] })}.${signature}`
})

test('a good token that was seen does not let a changed one with its signature in', async (t) => {
  const { app, issuer } = await world(t, routes)
  const token = issuer.token(claims())
  t.is((await app.inject({ url: '/me', headers: bearer(token) })).statusCode, 200)

  const [head, payload = '', signature] = token.split('.')
  const claimsOf = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  const forged = `${head}.${base64url({ ...claimsOf, roles: ['admin'] })}.${signature}`

  t.is((await app.inject({ url: '/me', headers: bearer(forged) })).statusCode, 401)
})

test('a token that was seen is forgotten once it has expired', async (t) => {
  const { issuer } = await world(t)
  const time = { now: Date.now() }
  const checker = new TokenChecker({
    config: { ISSUER: issuer.issuer, JWKS_URL: issuer.jwksUrl, TOKEN_AUDIENCE: issuer.audience },
    logger: pino({ level: 'silent' }),
    clock: () => time.now,
  })
  const { authorization } = bearer(issuer.token({ ...claims(), exp: seconds(60) }))
  const caller = await checker.check(authorization)

  time.now += 59_000
  t.is(checker.recall(authorization), caller)
  time.now += 3_500 // Two seconds are granted for clocks that differ.
  t.is(checker.recall(authorization), undefined)
})

test('no token is needed on a public route, but a bad one is refused', async (t) => {
  const { app, issuer, as } = await world(t, routes)
  const sub = randomUUID()

  t.deepEqual((await app.inject('/open')).json(), { id: null })
  t.deepEqual((await app.inject({ url: '/open', headers: as('patient', sub) })).json(), { id: sub })
  const bad = await app.inject({ url: '/open', headers: bearer(issuer.unsignedToken(claims())) })
  t.is(bad.statusCode, 401)
})

test('a public route that asks for the caller without a token answers 401, not 500', async (t) => {
  const { app } = await world(t, routes)

  t.is((await app.inject('/careless')).statusCode, 401)
})

test('a new key is taken up with the first token it signs, and old tokens go on', async (t) => {
  const { app, issuer } = await world(t, routes)
  const before = bearer(issuer.token(claims()))
  t.is((await app.inject({ url: '/me', headers: before })).statusCode, 200)

  issuer.rotateKey()
  // More than a thousand patients come back at once after a restart.
  const after = Array.from({ length: 1_500 }, () => bearer(issuer.token(claims())))
  const answers = await Promise.all(
    [before, ...after].map(async (headers) => app.inject({ url: '/me', headers })),
  )

  t.deepEqual(new Set(answers.map(({ statusCode }) => statusCode)), new Set([200]))
})

test('a token of a key the issuer has withdrawn is refused, though it was seen', async (t) => {
  const { app, issuer } = await world(t, routes)
  const before = bearer(issuer.token(claims()))
  await app.inject({ url: '/me', headers: before })

  issuer.rotateKey({ forgetOld: true })
  await app.inject({ url: '/me', headers: bearer(issuer.token(claims())) })

  t.is((await app.inject({ url: '/me', headers: before })).statusCode, 401)
})

test('while the issuer is away known keys go on, and an unknown one is 503', async (t) => {
  const { app, issuer } = await world(t, routes)
  t.is((await app.inject({ url: '/me', headers: bearer(issuer.token(claims())) })).statusCode, 200)

  await issuer.close()
  const known = await app.inject({ url: '/me', headers: bearer(issuer.token(claims())) })
  issuer.rotateKey()
  const unknown = await app.inject({ url: '/me', headers: bearer(issuer.token(claims())) })

  t.is(known.statusCode, 200)
  t.is(unknown.statusCode, 503)
  t.truthy(unknown.headers['retry-after'])
})

test('a flood of unknown keys asks the issuer only once', async (t) => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keys = await serveKeys(t, () => [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }])
  const { app } = await world(t, routes, { config: { JWKS_URL: keys.url } })
  await app.ready()
  await until(() => keys.asked() === 1)

  const forged = Array.from(
    { length: 200 },
    (_, i) => `${base64url({ alg: 'ES256', kid: `x${i}` })}.e30.AAAA`,
  )
  const answers = await Promise.all(
    forged.map(async (token) => app.inject({ url: '/me', headers: bearer(token) })),
  )

  t.deepEqual(new Set(answers.map(({ statusCode }) => statusCode)), new Set([401]))
  t.true(keys.asked() <= 3)
})

test('keys for other uses and other curves are not taken', async (t) => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const good = p256.publicKey.export({ format: 'jwk' })
  const listed = [
    { ...ec, kid: 'a' },
    { ...good, kid: 'b', use: 'enc' },
    { kty: 'oct', k: 'AAAA', kid: 'c' },
    null,
  ]
  const keys = await serveKeys(t, () => [...listed, { ...good, kid: 'd', use: 'sig' }])
  const { app, issuer } = await world(t, routes, { config: { JWKS_URL: keys.url } })
  const pem = p256.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const signedBy = (kid: string) =>
    createSigner({ key: pem, algorithm: 'ES256', kid })({
      iss: issuer.issuer,
      aud: 'medqueue',
      ...claims(),
      exp: seconds(60),
    })

  t.is((await app.inject({ url: '/me', headers: bearer(signedBy('d')) })).statusCode, 200)
  t.is((await app.inject({ url: '/me', headers: bearer(signedBy('b')) })).statusCode, 401)
})

test('an issuer that sends something else is logged once and leaves no key', async (t) => {
  const keys = await serveKeys(t, () => [{ hello: 'world' }])
  const { app, issuer, logs } = await world(t, routes, { config: { JWKS_URL: keys.url } })

  const answer = await app.inject({ url: '/me', headers: bearer(issuer.token(claims())) })

  t.is(answer.statusCode, 503)
  t.is(logs.filter(({ msg }) => String(msg).startsWith('issuer keys cannot be read')).length, 1)
})

test('tokens of two issuers are told apart', async (t) => {
  const { app } = await world(t, routes)
  const other = await createTokenIssuer(t)

  t.is((await app.inject({ url: '/me', headers: bearer(other.token(claims())) })).statusCode, 401)
})

function seconds(fromNow: number): number {
  return Math.floor(Date.now() / 1_000) + fromNow
}

async function serveKeys(t: ExecutionContext, keys: () => unknown[]) {
  let asked = 0
  const server: Server = createServer((_request, response) => {
    asked += 1
    response.end(JSON.stringify({ keys: keys() }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked }
}
