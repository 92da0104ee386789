import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

const form = 'application/x-www-form-urlencoded'

const bad: [string, string, RequestInit, number[]][] = [
  ['a token request without a body', '/oidc/token', { method: 'POST' }, [400, 401]],
  ['a token request in JSON', '/oidc/token', json({ grant_type: 'refresh_token' }), [400]],
  ['a token request of a megabyte', '/oidc/token', post(`x=${'y'.repeat(1_000_000)}`), [400, 413]],
  [
    'a token request with a field twice',
    '/oidc/token',
    post('client_id=medqueue-cli&client_id=b'),
    [400, 401],
  ],
  ['a token request that is no form', '/oidc/token', post('%%%&&&==='), [400, 401]],
  ['a token request with a NUL', '/oidc/token', post(`client_id=a%00&grant_type=refresh_token`), [400, 401]],
  ['a code that was never given', '/oidc/token', post(tokenFields({ code: 'A'.repeat(43) })), [400]],
  ['a code with a NUL', '/oidc/token', post(tokenFields({ code: 'a\u0000b' })), [400]],
  ['an endless code', '/oidc/token', post(tokenFields({ code: 'A'.repeat(50_000) })), [400]],
  ['a revocation without a token', '/oidc/token/revocation', post('client_id=medqueue-cli'), [400]],
  ['a revocation of another client', '/oidc/token/revocation', post('client_id=nobody&token=x'), [400, 401]],
  ['an authorization without parameters', '/oidc/auth', {}, [400]],
  ['a resumption without a cookie', '/oidc/auth/abc', {}, [400]],
  ['a log-out with a forged hint', '/oidc/session/end?id_token_hint=a.b.c', {}, [400]],
  ['a log-out confirmed without a session', '/oidc/session/end/confirm', post('xsrf=a'), [400]],
  ['an endpoint that is switched off', '/oidc/reg', json({ redirect_uris: [] }), [404]],
  ['introspection, which is switched off', '/oidc/token/introspection', post('token=x'), [404]],
  ['a method that does not exist there', '/oidc/token', { method: 'DELETE' }, [404, 405]],
  ['an interaction nobody began', '/interaction/abcdefghijkl', {}, [400]],
  ['an interaction id that is none', '/interaction/..%2f..%2fetc', {}, [400]],
  ['a log-in form to nowhere', '/interaction/abcdefghijkl/login', post('email=a&password=b&csrf=c'), [400]],
  ['a log-in in JSON', '/interaction/abcdefghijkl/login', json({ email: 'a' }), [400, 415]],
]

/** A NUL in any parameter that would be remembered, which PostgreSQL cannot hold. */
for (const name of ['state', 'nonce', 'login_hint', 'ui_locales', 'acr_values', 'display']) {
  const url = `/oidc/auth?${authorizationFields({ [name]: 'a\u0000' })}`
  bad.push([`an authorization with a NUL as ${name}`, url, {}, [400]])
}
bad.push(['a log-out with a NUL', '/oidc/session/end?state=%00', {}, [400]])

function authorizationFields(fields: Record<string, string>): string {
  return new URLSearchParams({
    client_id: 'medqueue-cli',
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:1/callback',
    scope: 'openid',
    code_challenge: 'A'.repeat(43),
    code_challenge_method: 'S256',
    ...fields,
  }).toString()
}

function post(body: string): RequestInit {
  return { method: 'POST', headers: { 'content-type': form }, body }
}

function json(body: object): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function tokenFields(fields: Record<string, string>): string {
  return new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: 'medqueue-cli',
    redirect_uri: 'http://127.0.0.1:1/callback',
    code_verifier: 'A'.repeat(43),
    ...fields,
  }).toString()
}

for (const [what, path, init, statuses] of bad) {
  test(`${what} is refused and tells nothing of the inside`, async (t) => {
    const response = await fetch(`${world.url}${path}`, { ...init, redirect: 'manual' })
    t.true(statuses.includes(response.status), `answered ${response.status}`)
    t.notRegex(await response.text(), /node_modules|\.ts:|\.js:|postgres|oops/i)
  })
}

test('a NUL is told as an invalid request, and leads nowhere', async (t) => {
  const url = `${world.config.ISSUER}/auth?${authorizationFields({ state: '\u0000' })}`
  const response = await fetch(url, { redirect: 'manual', headers: { accept: 'application/json' } })
  t.is(response.headers.get('location'), null)
  t.like(await response.json(), { error: 'invalid_request' })
})

test('errors are read by programs as JSON and by people as a page', async (t) => {
  const asked = async (accept: string) => fetch(`${world.config.ISSUER}/auth`, { headers: { accept } })
  const program = await asked('application/json')
  t.is(((await program.json()) as { error: string }).error, 'invalid_request')
  const page = await asked('text/html')
  t.regex(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  t.regex(await page.text(), /role="alert"/)
})

test('the key set and discovery may be read by every page, tokens only by the web app', async (t) => {
  const origin = { origin: 'https://elsewhere.example' }
  const keys = await fetch(world.config.JWKS_URL, { headers: origin })
  t.is(keys.headers.get('access-control-allow-origin'), 'https://elsewhere.example')
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'medqueue-web',
    refresh_token: 'x',
  })
  const token = await fetch(`${world.config.ISSUER}/token`, { method: 'POST', headers: origin, body })
  t.is(token.headers.get('access-control-allow-origin'), null)
  const own = { origin: 'https://app.example' }
  const allowed = await fetch(`${world.config.ISSUER}/token`, { method: 'POST', headers: own, body })
  t.is(allowed.headers.get('access-control-allow-origin'), 'https://app.example')
})
