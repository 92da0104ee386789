import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { Browser } from '../src/cli/browser.ts'
import { authorizationUrl, authorize, createPkce, exchangeCode } from '../src/cli/code-flow.ts'
import { WEB_CLIENT } from '../src/oidc/clients.ts'
import { claimsOf, createWorld, PASSWORD, refresh, WEB_REDIRECT, type World } from './helpers/world.ts'

// In turn: a log-in keeps a core busy, so side by side they only wait for each other.
const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

const web = () => ({ issuer: world.config.ISSUER, clientId: WEB_CLIENT, redirectUri: WEB_REDIRECT })

async function browse() {
  const browser = new Browser()
  const { email } = await world.addUser()
  const { verifier, challenge } = createPkce()
  const start = authorizationUrl(web(), challenge, 's')
  const callback = await authorize(browser, { redirectUri: WEB_REDIRECT, email, password: PASSWORD }, start)
  const tokens = await exchangeCode(web(), callback.searchParams.get('code') ?? '', verifier)
  return { browser, tokens }
}

function endSessionUrl(idToken: string, returnTo: string): URL {
  const url = new URL(`${world.config.ISSUER}/session/end`)
  url.search = new URLSearchParams({
    id_token_hint: idToken,
    post_logout_redirect_uri: returnTo,
    state: 'bye',
  }).toString()
  return url
}

test.serial('logging out asks, then ends the session and every token of it', async (t) => {
  const { browser, tokens } = await browse()
  const page = await browser.request(endSessionUrl(tokens.id_token ?? '', 'https://app.example/'))
  const html = await page.text()
  t.true(html.includes('Log out?'))
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(html)?.[1] ?? ''
  const action = /action="([^"]+)"/.exec(html)?.[1] ?? ''
  t.is(action, `${world.config.ISSUER}/session/end/confirm`)

  const answer = await browser.submit(action, { xsrf, logout: 'yes' })
  t.is(answer.headers.get('location'), 'https://app.example/?state=bye')
  t.is(
    (await refresh(world.config.ISSUER, tokens.refresh_token ?? '', WEB_CLIENT)).body.error,
    'invalid_grant',
  )
  const { sid } = claimsOf(tokens.access_token)
  const events = await world.events('identity.session.revoked')
  t.is(events.filter(({ data }) => data.sid === sid).length, 1)

  const again = await browser.request(authorizationUrl(web(), createPkce().challenge, 's'))
  t.regex(again.headers.get('location') ?? '', /^\/interaction\//)
})

test.serial('a log-out form from elsewhere does nothing', async (t) => {
  const { browser, tokens } = await browse()
  await browser.request(endSessionUrl(tokens.id_token ?? '', 'https://app.example/'))
  const answer = await browser.submit(`${world.config.ISSUER}/session/end/confirm`, {
    xsrf: 'guess',
    logout: 'yes',
  })
  t.is(answer.status, 400)
  t.is((await refresh(world.config.ISSUER, tokens.refresh_token ?? '', WEB_CLIENT)).status, 200)
})

test.serial('a log-out leads only to registered addresses', async (t) => {
  const { browser, tokens } = await browse()
  const page = await browser.request(endSessionUrl(tokens.id_token ?? '', 'https://evil.example/'))
  t.is(page.status, 400)
})

test.serial('the log-out page has no outside content and no script', async (t) => {
  const { browser, tokens } = await browse()
  const page = await browser.request(endSessionUrl(tokens.id_token ?? '', 'https://app.example/'))
  const policy = page.headers.get('content-security-policy') ?? ''
  t.regex(policy, /default-src 'none'/)
  t.regex(policy, /frame-ancestors 'none'/)
  t.regex(policy, /form-action 'self' https:\/\/app\.example/)
  t.false((await page.text()).includes('<script'))
})
