import { fileScope } from '@medqueue/testing'
import test from 'ava'
import { createRemoteJWKSet, jwtVerify } from 'jose'

import { Browser } from '../src/cli/browser.ts'
import { authorizationUrl, authorize, createPkce, exchangeCode } from '../src/cli/code-flow.ts'
import { CLI_CLIENT, WEB_CLIENT } from '../src/oidc/clients.ts'
import {
  claimsOf,
  CLI_REDIRECT,
  createWorld,
  headerOf,
  PASSWORD,
  refresh,
  requestToken,
  SERVICE_CLIENT,
  type TestUser,
  WEB_REDIRECT,
  type World,
} from './helpers/world.ts'

// In turn: a log-in keeps a core busy, so side by side they only wait for each other.
const scope = fileScope(test)
let world: World
let person: TestUser

test.before(async () => {
  world = await createWorld(scope)
  person = await world.addUser({ roles: ['patient'] })
})

const cli = { clientId: CLI_CLIENT, redirectUri: CLI_REDIRECT }

/** Goes as far as the code, and says what the token endpoint needs to know. */
async function getCode({ clientId, redirectUri } = cli, browser = new Browser()) {
  const { verifier, challenge } = createPkce()
  const client = { issuer: world.config.ISSUER, clientId, redirectUri }
  const start = authorizationUrl(client, challenge, 'a-state')
  const callback = await authorize(browser, { redirectUri, email: person.email, password: PASSWORD }, start)
  return { client, verifier, callback, code: callback.searchParams.get('code') ?? '' }
}

/** Where the authorization endpoint leads, with some parameters changed; `undefined` leaves one out. */
async function authorizeWith(changes: Record<string, string | undefined>) {
  const url = authorizationUrl({ issuer: world.config.ISSUER, ...cli }, createPkce().challenge, 'a-state')
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  const response = await fetch(url, { redirect: 'manual' })
  const location = response.headers.get('location')
  return { status: response.status, callback: location === null ? undefined : new URL(location, url) }
}

test.serial('a log-in gives an access token that services can check with the key set alone', async (t) => {
  const { access_token: token } = await world.logIn(person)
  const keys = createRemoteJWKSet(new URL(world.config.JWKS_URL))
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: world.config.ISSUER,
    audience: 'medqueue',
    algorithms: ['ES256'],
  })
  t.is(protectedHeader.typ, 'at+jwt')
  t.is(payload.sub, person.id)
  t.deepEqual(payload.roles, ['patient'])
  t.is(payload.scope, 'api')
  t.true(typeof payload.sid === 'string' && typeof payload.jti === 'string')
  t.is(Number(payload.exp) - Number(payload.iat), 900)
})

test.serial('the access token opens the API', async (t) => {
  const { access_token: token } = await world.logIn(person)
  const response = await world.api('/v1/me', { token })
  t.is(response.status, 200)
  t.like(await response.json(), { id: person.id, email: person.email, roles: ['patient'] })
})

test.serial('the id token names the person and is no access token', async (t) => {
  const tokens = await world.logIn(person, { scope: 'openid profile email api' })
  const idToken = tokens.id_token ?? ''
  t.like(claimsOf(idToken), { sub: person.id, name: 'Test Person', email: person.email, aud: CLI_CLIENT })
  t.is(headerOf(idToken).alg, 'ES256')
  t.is((await world.api('/v1/me', { token: idToken })).status, 401)
})

test.serial('the e-mail address is matched without regard to letter case', async (t) => {
  const tokens = await world.logIn({ email: person.email.toUpperCase() })
  t.is(claimsOf(tokens.access_token).sub, person.id)
})

test.serial('the state comes back, and so does the issuer', async (t) => {
  const { callback } = await getCode()
  t.is(callback.searchParams.get('state'), 'a-state')
  t.is(callback.searchParams.get('iss'), world.config.ISSUER)
})

test.serial('a plain code challenge is refused', async (t) => {
  const { callback } = await authorizeWith({ code_challenge_method: 'plain' })
  t.is(callback?.searchParams.get('error'), 'invalid_request')
  t.is(callback?.searchParams.get('code'), null)
})

test.serial('a code challenge without a method, which means plain, is refused', async (t) => {
  const { callback } = await authorizeWith({ code_challenge_method: undefined })
  t.is(callback?.searchParams.get('error'), 'invalid_request')
})

test.serial('a request without a code challenge is refused', async (t) => {
  const { callback } = await authorizeWith({ code_challenge: undefined, code_challenge_method: undefined })
  t.is(callback?.searchParams.get('error'), 'invalid_request')
})

test.serial('a response type other than code is refused', async (t) => {
  for (const responseType of ['token', 'id_token', 'code id_token', 'none']) {
    const { callback, status } = await authorizeWith({ response_type: responseType, nonce: 'a-nonce' })
    t.true(status === 400 || callback?.href.includes('error=') === true, responseType)
  }
})

const redirects: [string, string, string][] = [
  ['another origin', WEB_CLIENT, 'https://evil.example/callback'],
  ['another path', WEB_CLIENT, 'https://app.example/callback/more'],
  ['a query', WEB_CLIENT, 'https://app.example/callback?next=x'],
  ['another scheme', WEB_CLIENT, 'http://app.example/callback'],
  ['a loopback address of the web client', WEB_CLIENT, 'http://127.0.0.1/callback'],
  ['another path on loopback', CLI_CLIENT, 'http://127.0.0.1:4000/elsewhere'],
  ['a host that only begins like loopback', CLI_CLIENT, 'http://127.0.0.1.evil.example/callback'],
  ['the name localhost', CLI_CLIENT, 'http://localhost:4000/callback'],
]
for (const [what, clientId, redirectUri] of redirects) {
  test.serial(`a redirect to ${what} is refused and never followed`, async (t) => {
    const { status, callback } = await authorizeWith({ client_id: clientId, redirect_uri: redirectUri })
    t.is(status, 400)
    t.is(callback, undefined)
  })
}

test.serial('an unknown client is refused', async (t) => {
  t.is((await authorizeWith({ client_id: 'nobody' })).status, 400)
})

test.serial('a program may be called back at any loopback port', async (t) => {
  const redirectUri = 'http://127.0.0.1:51234/callback'
  const { client, code, verifier } = await getCode({ clientId: CLI_CLIENT, redirectUri })
  t.is(claimsOf((await exchangeCode(client, code, verifier)).access_token).sub, person.id)
})

test.serial('a code is good once: the second use is refused and ends what the first one gave', async (t) => {
  const { client, code, verifier } = await getCode()
  const tokens = await exchangeCode(client, code, verifier)
  await t.throwsAsync(exchangeCode(client, code, verifier))
  t.is((await refresh(world.config.ISSUER, tokens.refresh_token ?? '')).body.error, 'invalid_grant')
  const sid = claimsOf(tokens.access_token).sid
  const revoked = await world.events('identity.session.revoked')
  t.is(revoked.filter(({ data }) => data.sid === sid).length, 1)
})

test.serial('of many uses of one code at once at most one gets tokens', async (t) => {
  const { client, code, verifier } = await getCode()
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, async () => exchangeCode(client, code, verifier)),
  )
  t.true(results.filter(({ status }) => status === 'fulfilled').length <= 1)
})

test.serial('a code with the wrong verifier is refused', async (t) => {
  const { client, code } = await getCode()
  await t.throwsAsync(exchangeCode(client, code, createPkce().verifier))
})

test.serial('a code with another redirect address is refused', async (t) => {
  const { client, code, verifier } = await getCode()
  await t.throwsAsync(exchangeCode({ ...client, redirectUri: 'http://127.0.0.1:1/callback' }, code, verifier))
})

test.serial('a code of another client is refused', async (t) => {
  const { client, code, verifier } = await getCode()
  await t.throwsAsync(exchangeCode({ ...client, clientId: WEB_CLIENT }, code, verifier))
})

test.serial('the web app logs in, and a second time without the page', async (t) => {
  const browser = new Browser()
  const web = { clientId: WEB_CLIENT, redirectUri: WEB_REDIRECT }
  await getCode(web, browser)
  const url = authorizationUrl({ issuer: world.config.ISSUER, ...web }, createPkce().challenge, 's')
  const { url: callback } = await browser.follow(await browser.request(url), url, ({ href }) =>
    href.startsWith(WEB_REDIRECT),
  )
  t.not(callback?.searchParams.get('code') ?? null, null)
})

test.serial('a program gets no code from a session alone', async (t) => {
  const browser = new Browser()
  await getCode({ clientId: WEB_CLIENT, redirectUri: WEB_REDIRECT }, browser)
  const url = authorizationUrl({ issuer: world.config.ISSUER, ...cli }, createPkce().challenge, 's')
  const response = await browser.request(url)
  t.regex(response.headers.get('location') ?? '', /^\/interaction\//)
})

test.serial('a session of an account that is no longer active leads to the log-in page', async (t) => {
  const browser = new Browser()
  const { id, email } = await world.addUser()
  const redirectUri = WEB_REDIRECT
  const client = { issuer: world.config.ISSUER, clientId: WEB_CLIENT, redirectUri }
  const start = authorizationUrl(client, createPkce().challenge, 's')
  await authorize(browser, { redirectUri, email, password: PASSWORD }, start)
  await world.pool.query('UPDATE app_user SET active = false WHERE id = $1', [id])
  const response = await browser.request(authorizationUrl(client, createPkce().challenge, 's'))
  t.regex(response.headers.get('location') ?? '', /^\/interaction\//)
})

test.serial('a service client gets the role service, and no refresh token', async (t) => {
  const basic = Buffer.from(`${SERVICE_CLIENT.id}:${SERVICE_CLIENT.secret}`).toString('base64')
  const fields = { grant_type: 'client_credentials', scope: 'api' }
  const { status, body } = await requestToken(world.config.ISSUER, fields, {
    authorization: `Basic ${basic}`,
  })
  t.is(status, 200)
  t.is(body.refresh_token, undefined)
  t.like(claimsOf(body.access_token ?? ''), { sub: SERVICE_CLIENT.id, roles: ['service'], aud: 'medqueue' })
})

test.serial('a service client with the wrong secret is refused', async (t) => {
  const basic = Buffer.from(`${SERVICE_CLIENT.id}:wrong`).toString('base64')
  const fields = { grant_type: 'client_credentials' }
  const { status, body } = await requestToken(world.config.ISSUER, fields, {
    authorization: `Basic ${basic}`,
  })
  t.is(status, 401)
  t.is(body.error, 'invalid_client')
})

test.serial(
  'a client without a secret cannot use client credentials, nor a service client a code',
  async (t) => {
    const fields = { grant_type: 'client_credentials', client_id: WEB_CLIENT }
    t.is((await requestToken(world.config.ISSUER, fields)).body.error, 'invalid_request')
    t.is((await authorizeWith({ client_id: SERVICE_CLIENT.id })).status, 400)
  },
)

test.serial('a token for another resource is refused', async (t) => {
  const { callback } = await authorizeWith({ resource: 'https://other.example/api' })
  t.is(callback?.searchParams.get('error'), 'invalid_target')
})

test.serial('an unknown grant type is refused', async (t) => {
  const fields = { grant_type: 'password', client_id: CLI_CLIENT, username: person.email, password: PASSWORD }
  t.is((await requestToken(world.config.ISSUER, fields)).body.error, 'unsupported_grant_type')
})

test.serial('discovery offers what is supported and nothing else', async (t) => {
  const response = await fetch(`${world.config.ISSUER}/.well-known/openid-configuration`)
  const { ISSUER: issuer } = world.config
  t.like(await response.json(), {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    revocation_endpoint: `${issuer}/token/revocation`,
    end_session_endpoint: `${issuer}/session/end`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    id_token_signing_alg_values_supported: ['ES256'],
  })
})

test.serial('links lead to the public address, whatever host a client names', async (t) => {
  const response = await fetch(`${world.config.ISSUER}/.well-known/openid-configuration`, {
    headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
  })
  const { token_endpoint: endpoint } = (await response.json()) as { token_endpoint: string }
  t.is(endpoint, `${world.config.ISSUER}/token`)
})

test.serial('nothing that opens a door lies in the database', async (t) => {
  const { client, code, verifier } = await getCode()
  const tokens = await exchangeCode(client, code, verifier)
  const { rows } = await world.pool.query<{ all: string }>(
    'SELECT string_agg(oidc_payload::text, chr(10)) AS all FROM oidc_payload',
  )
  const stored = rows[0]?.all ?? ''
  t.true(stored.includes('RefreshToken'))
  t.false(stored.includes(tokens.refresh_token ?? ''))
  t.false(stored.includes(code))
  t.false(stored.includes(verifier))
  t.false(stored.includes('"jti"'))
})
