import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { Browser } from '../src/cli/browser.ts'
import { alertOf, authorizationUrl, createPkce, formOf } from '../src/cli/code-flow.ts'
import { CLI_CLIENT } from '../src/oidc/clients.ts'
import { CLI_REDIRECT, createWorld, PASSWORD, type TestUser, type World } from './helpers/world.ts'

// In turn: a log-in keeps a core busy, so side by side they only wait for each other.
const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

interface OpenPage {
  browser: Browser
  page: Response
  html: string
  action: URL
  csrf: string
}

/** A browser that has the log-in page before it. */
async function open({ url, config }: World = world): Promise<OpenPage> {
  const browser = new Browser()
  const client = { issuer: config.ISSUER, clientId: CLI_CLIENT, redirectUri: CLI_REDIRECT }
  const start = authorizationUrl(client, createPkce().challenge, 's')
  const { response: page } = await browser.follow(await browser.request(start), start, () => false)
  const html = await page.text()
  return { browser, page, html, ...formOf(html, url) }
}

async function tryPassword(email: string, password: string, at = world) {
  const { browser, action, csrf } = await open(at)
  return browser.submit(action, { csrf, email, password })
}

async function failTimes(count: number, { email }: Pick<TestUser, 'email'>) {
  for (let i = 0; i < count; i++) t401(await tryPassword(email, 'wrong'))
}

function t401({ status }: Response) {
  if (status !== 401) throw new Error(`expected a wrong try, got ${status}`)
}

test.serial('the page lets in no outside content, no script, no frame', async (t) => {
  const { page, html } = await open()
  const policy = page.headers.get('content-security-policy') ?? ''
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]) {
    t.true(policy.includes(part), part)
  }
  t.regex(policy, /form-action 'self' http:\/\/127\.0\.0\.1:49999(;|$)/)
  t.regex(policy, /style-src 'sha256-[^']+'(;|$)/)
  t.is(page.headers.get('cache-control'), 'no-store')
  t.is(page.headers.get('x-content-type-options'), 'nosniff')
  t.notRegex(html, /<script|<img|<link|https?:\/\/|style="| on\w+="/)
})

test.serial('the page works for screen readers and password managers', async (t) => {
  const { html } = await open()
  t.regex(html, /<html lang="en">/)
  t.regex(html, /<label for="email">/)
  t.regex(html, /<label for="password">/)
  t.regex(html, /autocomplete="username"/)
  t.regex(html, /autocomplete="current-password"/)
})

test.serial('the cookies cannot be read by scripts nor sent from other sites', async (t) => {
  const client = { issuer: world.config.ISSUER, clientId: CLI_CLIENT, redirectUri: CLI_REDIRECT }
  const response = await fetch(authorizationUrl(client, createPkce().challenge, 's'), { redirect: 'manual' })
  const cookies = response.headers.getSetCookie()
  t.true(cookies.length > 0)
  for (const cookie of cookies) t.regex(cookie, /httponly/i)
  for (const cookie of cookies) t.regex(cookie, /samesite=lax/i)
})

test.serial('a wrong password and an unknown address are answered alike', async (t) => {
  const { email } = await world.addUser()
  const wrong = await tryPassword(email, 'wrong')
  const unknown = await tryPassword('nobody@example.org', 'wrong')
  t.is(wrong.status, 401)
  t.is(unknown.status, 401)
  t.is(alertOf(await wrong.text()), alertOf(await unknown.text()))
})

test.serial('what was typed comes back escaped, without the password', async (t) => {
  const response = await tryPassword('"><script>alert(1)</script>', 'a-secret-typed')
  const html = await response.text()
  t.false(html.includes('<script>'))
  t.true(html.includes('&lt;script&gt;'))
  t.false(html.includes('a-secret-typed'))
})

test.serial('after five wrong tries even the right password must wait', async (t) => {
  const person = await world.addUser()
  await failTimes(5, person)
  const response = await tryPassword(person.email, PASSWORD)
  t.is(response.status, 429)
  t.is(response.headers.get('retry-after'), '30')
  t.regex(alertOf(await response.text()) ?? '', /Too many wrong tries/)
})

test.serial('the wait ends, and doubles with each wrong try after it', async (t) => {
  const own = await createWorld(t)
  const { email } = await own.addUser()
  for (let i = 0; i < 5; i++) await tryPassword(email, 'wrong', own)
  own.advance(30_000)
  t.is((await tryPassword(email, 'wrong', own)).status, 401)
  const response = await tryPassword(email, PASSWORD, own)
  t.is(response.headers.get('retry-after'), '60')
  own.advance(60_000)
  t.is((await tryPassword(email, PASSWORD, own)).status, 303)
})

test.serial('a right password forgets the wrong tries before it', async (t) => {
  const person = await world.addUser()
  await failTimes(4, person)
  t.is((await tryPassword(person.email, PASSWORD)).status, 303)
  await failTimes(4, person)
  t.is((await tryPassword(person.email, PASSWORD)).status, 303)
})

test.serial('wrong tries made at once are limited like those in turn', async (t) => {
  const { email } = await world.addUser()
  const pages = await Promise.all(Array.from({ length: 12 }, async () => open()))
  const answers = await Promise.all(
    pages.map(async ({ browser, action, csrf }) =>
      browser.submit(action, { csrf, email, password: 'wrong' }),
    ),
  )
  t.is(answers.filter(({ status }) => status === 401).length, 5)
  t.is(answers.filter(({ status }) => status === 429).length, 7)
})

test.serial('right passwords given at once do not limit each other', async (t) => {
  const { email } = await world.addUser()
  const answers = await Promise.all(Array.from({ length: 12 }, async () => tryPassword(email, PASSWORD)))
  t.true(answers.every(({ status }) => status === 303))
})

test.serial('another address may still log in to an account under attack', async (t) => {
  const person = await world.addUser()
  await failTimes(5, person)
  const { browser, action, csrf } = await open()
  const body = new URLSearchParams({ csrf, email: person.email, password: PASSWORD })
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  t.is((await browser.request(action, { method: 'POST', headers, body })).status, 303)
})

test.serial('an unknown address is backed off too, so waiting tells nothing', async (t) => {
  const nobody = { email: 'not-registered@example.org' }
  await failTimes(5, nobody)
  t.is((await tryPassword(nobody.email, 'wrong')).status, 429)
})

test.serial('neither addresses nor e-mails are kept with the tries', async (t) => {
  await tryPassword('visible@example.org', 'wrong')
  const { rows } = await world.pool.query<{ all: string }>(
    `SELECT string_agg(encode(key, 'escape'), ' ') AS all FROM login_attempt`,
  )
  t.notRegex(rows[0]?.all ?? '', /visible|127\.0\.0\.1/)
})

test.serial('a form without the token of its page is refused', async (t) => {
  const { email } = await world.addUser()
  const { browser, action } = await open()
  const other = await open()
  t.is((await browser.submit(action, { csrf: 'guess', email, password: PASSWORD })).status, 403)
  t.is((await browser.submit(action, { csrf: other.csrf, email, password: PASSWORD })).status, 403)
})

test.serial('a form sent from another site is refused', async (t) => {
  const { email } = await world.addUser()
  const { browser, action, csrf } = await open()
  const body = new URLSearchParams({ csrf, email, password: PASSWORD })
  const headers = { origin: 'https://evil.example' }
  t.is((await browser.request(action, { method: 'POST', headers, body })).status, 403)
})

test.serial('a form sent by a browser that did not open the page is refused', async (t) => {
  const { email } = await world.addUser()
  const { action, csrf } = await open()
  const response = await new Browser().submit(action, { csrf, email, password: PASSWORD })
  t.is(response.status, 400)
  t.regex(alertOf(await response.text()) ?? '', /expired/)
})

test.serial('an empty form gets the page back with a word', async (t) => {
  const { browser, action, csrf } = await open()
  const response = await browser.submit(action, { csrf, email: '', password: '' })
  t.is(response.status, 400)
  t.regex(alertOf(await response.text()) ?? '', /Enter your e-mail/)
})

test.serial('an address with a NUL gets the page back with a word', async (t) => {
  const response = await tryPassword('a\u0000b', PASSWORD)
  t.is(response.status, 400)
  t.regex(alertOf(await response.text()) ?? '', /Enter your e-mail/)
})

test.serial('more people than can be served are told to come again', async (t) => {
  const own = await createWorld(t, { PASSWORD_CONCURRENCY: '1', PASSWORD_QUEUE: '1' })
  const people = await Promise.all(Array.from({ length: 10 }, async () => own.addUser()))
  const pages = await Promise.all(people.map(async () => open(own)))
  const answers = await Promise.all(
    pages.map(async ({ browser, action, csrf }, i) =>
      browser.submit(action, { csrf, email: people[i]?.email ?? '', password: PASSWORD }),
    ),
  )
  const busy = answers.filter(({ status }) => status === 503)
  t.true(busy.length >= 1)
  t.true(answers.every(({ status }) => status === 503 || status === 303))
  t.is(busy[0]?.headers.get('retry-after'), '2')
  // Those who were turned away have no wrong try on their account.
  const { rows } = await own.pool.query<{ failures: number }>('SELECT failures FROM login_attempt')
  t.true(rows.every(({ failures }) => failures === 0))
})

test.serial('an inactive account is answered as a wrong password is', async (t) => {
  const { id, email } = await world.addUser()
  await world.pool.query('UPDATE app_user SET active = false WHERE id = $1', [id])
  const response = await tryPassword(email, PASSWORD)
  t.is(response.status, 401)
  t.is(alertOf(await response.text()), 'E-mail address or password is wrong.')
})
