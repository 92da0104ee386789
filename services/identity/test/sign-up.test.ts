import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { claimsOf, createWorld, type World } from './helpers/world.ts'

// In turn: a log-in keeps a core busy, so side by side they only wait for each other.
const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

const signUpForm = (overrides: object = {}) => {
  return {
    email: `${randomUUID()}@example.org`,
    displayName: 'Some Person',
    password: 'five-tall-kites-wait',
    ...overrides,
  }
}

const signUp = (body: unknown, at = world, headers = {}) =>
  at.api('/v1/users', { method: 'POST', body, headers })

const count = async () => {
  const { rows } = await world.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM app_user')
  return rows[0]?.count ?? -1
}

test.serial('a person signs up as a patient and logs in', async (t) => {
  const form = signUpForm()
  const response = await signUp(form)
  t.is(response.status, 202)
  t.deepEqual(await response.json(), { status: 'accepted' })
  const tokens = await world.logIn(form, { password: form.password })
  t.deepEqual(claimsOf(tokens.access_token).roles, ['patient'])
})

test.serial('the user and the event for the directory are written together', async (t) => {
  const form = signUpForm({ displayName: 'Zoë Ünlü' })
  await signUp(form)
  const { rows } = await world.pool.query<{ id: string }>('SELECT id FROM app_user WHERE email = $1', [
    form.email,
  ])
  const id = rows[0]?.id ?? ''
  const events = await world.events('identity.user.registered')
  const event = events.find(({ data }) => data.userId === id)
  t.like(event, {
    subject: `identity.user.registered.${id}`,
    data: { userId: id, roles: ['patient'], displayName: 'Zoë Ünlü' },
  })
  t.false(JSON.stringify(event).includes(form.email))
})

test.serial('the password is kept as argon2id and nothing else', async (t) => {
  const form = signUpForm()
  await signUp(form)
  const { rows } = await world.pool.query<{ hash: string }>(
    `SELECT password_hash AS hash FROM credential JOIN app_user ON id = user_id WHERE email = $1`,
    [form.email],
  )
  t.regex(rows[0]?.hash ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

const sameAddress: [string, (email: string) => string][] = [
  ['in the same letters', (email) => email],
  ['in capitals', (email) => email.toUpperCase()],
  ['in full-width letters', (email) => email.replace('example', 'ｅｘａｍｐｌｅ')],
]
for (const [how, write] of sameAddress) {
  test.serial(`an address that is taken, ${how}, gets the same answer and changes nothing`, async (t) => {
    const form = signUpForm()
    const first = await signUp(form)
    const again = await signUp({ ...form, email: write(form.email), password: 'other-words-entirely' })
    t.is(again.status, first.status)
    t.deepEqual(await again.json(), await first.json())
    const names = (response: Response) => [...response.headers.keys()].sort()
    t.deepEqual(names(again), names(first))

    const { rows } = await world.pool.query<{ id: string }>(
      'SELECT id FROM app_user WHERE email_folded = lower($1)',
      [form.email],
    )
    t.is(rows.length, 1)
    t.truthy(await world.logIn(form, { password: form.password }))
    const repeated = await world.events('identity.user.registration-repeated')
    t.is(repeated.filter(({ data }) => data.userId === rows[0]?.id).length, 1)
  })
}

test.serial(
  'of many sign-ups with one address at once one makes an account and all are answered alike',
  async (t) => {
    const form = signUpForm()
    const answers = await Promise.all(Array.from({ length: 8 }, async () => signUp(form)))
    t.true(answers.every(({ status }) => status === 202))
    const { rows } = await world.pool.query('SELECT 1 FROM app_user WHERE email = $1', [form.email])
    t.is(rows.length, 1)
  },
)

const weak: [string, object][] = [
  ['a common password', { password: 'Password123' }],
  ['one character over and over', { password: 'zzzzzzzzzz' }],
  ['the own address', { email: 'longer.name@example.org', password: 'Longer.Name@example.org' }],
  ['the own name', { displayName: 'Some Person', password: 'someperson' }],
]
for (const [what, overrides] of weak) {
  test.serial(`${what} is refused as a password`, async (t) => {
    const response = await signUp(signUpForm(overrides))
    t.is(response.status, 422)
    t.like(await response.json(), { code: 'IDENTITY_PASSWORD_WEAK', errors: [{ field: 'password' }] })
  })
}

const valid = { email: 'bad-input@example.org', displayName: 'Some Person', password: 'five-tall-kites-wait' }
const bad: [string, unknown, number, string][] = [
  ['an unknown field', { ...valid, roles: ['admin'] }, 400, 'roles'],
  ['an id of its own', { ...valid, id: randomUUID() }, 400, 'id'],
  ['no password', { email: valid.email, displayName: valid.displayName }, 400, 'password'],
  ['a number as password', { ...valid, password: 12_345_678 }, 400, 'password'],
  ['a short password', { ...valid, password: 'seven77' }, 400, 'password'],
  ['a password beyond measure', { ...valid, password: 'ab'.repeat(65) }, 400, 'password'],
  ['an address without a host', { ...valid, email: 'somebody@' }, 400, 'email'],
  ['an address with a line break', { ...valid, email: 'a@example.org\r\nBcc: b@example.org' }, 400, 'email'],
  ['an address beyond measure', { ...valid, email: `a@${'b'.repeat(300)}.org` }, 400, 'email'],
  ['an empty name', { ...valid, displayName: '' }, 400, 'displayName'],
  ['a name of spaces', { ...valid, displayName: '   ' }, 400, 'displayName'],
  ['a name with a control character', { ...valid, displayName: 'a\u0000b' }, 400, 'displayName'],
  ['null instead of a name', { ...valid, displayName: null }, 400, 'displayName'],
  ['a list instead of an object', [valid], 400, 'body'],
  ['broken JSON', '{"email": ', 400, 'body'],
  ['an empty body', '', 400, 'body'],
  ['a megabyte', { ...valid, displayName: 'x'.repeat(1_000_000) }, 413, ''],
]
for (const [what, body, status, field] of bad) {
  test.serial(`${what} is refused by name and nothing is written`, async (t) => {
    const before = await count()
    const response = await signUp(body)
    t.is(response.status, status)
    t.is(response.headers.get('content-type'), 'application/problem+json')
    const problem = (await response.json()) as { errors?: { field: string }[] }
    if (field !== '') t.is(problem.errors?.[0]?.field, field)
    t.is(await count(), before)
  })
}

test.serial('a form instead of JSON is refused', async (t) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await signUp('email=a%40example.org', world, headers)
  t.is(response.status, 415)
  t.is(response.headers.get('content-type'), 'application/problem+json')
})

test.serial('sign-ups from one address are limited', async (t) => {
  const own = await createWorld(t, { SIGN_UPS_PER_MINUTE: '3' })
  const answers = []
  for (let i = 0; i < 5; i++) answers.push(await signUp(signUpForm(), own))
  t.true(answers.some(({ status }) => status === 429))
  t.truthy(answers.find(({ status }) => status === 429)?.headers.get('retry-after'))
})
