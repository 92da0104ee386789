import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { PERSON_ROLES, type PersonRole } from '../src/domain/users.ts'
import { type ApiOptions, createWorld, requestToken, SERVICE_CLIENT, type World } from './helpers/world.ts'

// In turn: a log-in keeps a core busy, so side by side they only wait for each other.
const scope = fileScope(test)
let world: World
let admin: string
let adminId: string
/** A token of somebody with each role: a log-in costs a core for a while. */
const tokens = new Map<PersonRole, string>()

test.before(async () => {
  world = await createWorld(scope)
  const user = await world.addUser({ roles: ['admin'] })
  adminId = user.id
  admin = (await world.logIn(user)).access_token
  for (const role of PERSON_ROLES) {
    tokens.set(role, (await world.logIn(await world.addUser({ roles: [role] }))).access_token)
  }
})

interface UserBody {
  id: string
  displayName: string
  roles: PersonRole[]
  active: boolean
  version: number
}

async function asAdmin(path: string, options: ApiOptions = {}) {
  const response = await world.api(path, { token: admin, ...options })
  return {
    response,
    status: response.status,
    body: (await response.json()) as UserBody & Record<string, unknown>,
  }
}

const patch = (id: string, body: unknown, ifMatch = '"1"') =>
  asAdmin(`/v1/users/${id}`, { method: 'PATCH', body, headers: { 'if-match': ifMatch } })

const eventsOf = async (id: string) => (await world.events()).filter(({ data }) => data.userId === id)

test.serial('reading a user gives its version as ETag', async (t) => {
  const { id } = await world.addUser()
  const { response, body } = await asAdmin(`/v1/users/${id}`)
  t.is(response.headers.get('etag'), '"1"')
  t.like(body, { id, version: 1, active: true, roles: ['patient'] })
  t.false('passwordHash' in body)
})

test.serial('a change with the right ETag is written, said, and gives the next ETag', async (t) => {
  const { id } = await world.addUser()
  const { response, status, body } = await patch(id, { displayName: 'New Name' })
  t.is(status, 200)
  t.is(response.headers.get('etag'), '"2"')
  t.is(body.displayName, 'New Name')
  const [event, ...others] = await eventsOf(id)
  t.like(event, {
    type: 'identity.user.changed',
    version: 2,
    data: { userId: id, displayName: 'New Name', active: true },
  })
  t.is(others.length, 0)
})

test.serial('a change with a stale ETag is refused with 412', async (t) => {
  const { id } = await world.addUser()
  await patch(id, { displayName: 'First' })
  const { status, body } = await patch(id, { displayName: 'Second' })
  t.is(status, 412)
  t.is(body.code, 'IDENTITY_VERSION_STALE')
  t.is((await asAdmin(`/v1/users/${id}`)).body.displayName, 'First')
})

test.serial('of two changes at once with one ETag one wins and the other gets 412', async (t) => {
  const { id } = await world.addUser()
  const answers = await Promise.all([patch(id, { displayName: 'A' }), patch(id, { displayName: 'B' })])
  t.deepEqual(answers.map(({ status }) => status).sort(), [200, 412])
})

test.serial('a change without If-Match is refused with 428', async (t) => {
  const { id } = await world.addUser()
  const { status } = await asAdmin(`/v1/users/${id}`, { method: 'PATCH', body: { active: false } })
  t.is(status, 428)
})

test.serial('a change to what already is writes nothing', async (t) => {
  const { id, displayName } = await world.addUser()
  const { response } = await patch(id, { displayName, active: true })
  t.is(response.headers.get('etag'), '"1"')
  t.deepEqual(await eventsOf(id), [])
})

test.serial('deactivating ends every log-in and tells every service', async (t) => {
  const person = await world.addUser()
  await world.logIn(person)
  t.is((await patch(person.id, { active: false })).status, 200)
  const { rows } = await world.pool.query('SELECT 1 FROM oidc_payload WHERE account_id = $1', [person.id])
  t.is(rows.length, 0)
  const revoked = (await eventsOf(person.id)).find(({ type }) => type === 'identity.session.revoked')
  t.is(revoked?.subject, `identity.session.revoked.${person.id}`)
  t.true(Number(revoked?.data.issuedBefore) * 1_000 > world.now().getTime())
})

test.serial('a token of a deactivated person is worth nothing at once', async (t) => {
  const person = await world.addUser()
  const { access_token: token } = await world.logIn(person)
  await patch(person.id, { active: false })
  t.is((await world.api('/v1/me', { token })).status, 401)
})

test.serial('a role is given and taken, each once, and each said', async (t) => {
  const { id } = await world.addUser()
  const path = `/v1/users/${id}/roles/doctor`
  const first = await asAdmin(path, { method: 'PUT' })
  const second = await asAdmin(path, { method: 'PUT' })
  t.deepEqual(first.body.roles, ['patient', 'doctor'])
  t.is(second.body.version, first.body.version)
  const taken = await asAdmin(path, { method: 'DELETE' })
  t.deepEqual(taken.body.roles, ['patient'])
  t.is(taken.body.version, 3)
  const types = (await eventsOf(id)).map(({ type }) => type)
  t.deepEqual(types, [
    'identity.user.changed',
    'identity.session.revoked',
    'identity.user.changed',
    'identity.session.revoked',
  ])
})

test.serial('nobody can be given the role service', async (t) => {
  const { id } = await world.addUser()
  t.is((await asAdmin(`/v1/users/${id}/roles/service`, { method: 'PUT' })).status, 400)
  t.is((await patch(id, { roles: ['service'] })).status, 400)
})

test.serial('the last admin cannot go, not even when two try at once', async (t) => {
  const own = await createWorld(t)
  const admins = await Promise.all([own.addUser({ roles: ['admin'] }), own.addUser({ roles: ['admin'] })])
  const answers = await Promise.all(
    admins.map(async (user) => {
      const { access_token: token } = await own.logIn(user)
      return own.api(`/v1/users/${user.id}/roles/admin`, { method: 'DELETE', token })
    }),
  )
  t.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
})

test.serial('a former admin cannot use the time that is left of a token', async (t) => {
  const former = await world.addUser({ roles: ['admin'] })
  const { access_token: token } = await world.logIn(former)
  t.is((await world.api('/v1/users', { token })).status, 200)
  await asAdmin(`/v1/users/${former.id}/roles/admin`, { method: 'DELETE' })
  const path = `/v1/users/${former.id}/roles/admin`
  t.is((await world.api(path, { method: 'PUT', token })).status, 403)
})

test.serial('a list goes through all users in pages, each once', async (t) => {
  const own = await createWorld(t)
  const people = await Promise.all(
    Array.from({ length: 7 }, async (_, i) => own.addUser({ email: `p${i}@example.org` })),
  )
  const boss = await own.addUser({ email: 'z@example.org', roles: ['admin'] })
  const { access_token: token } = await own.logIn(boss)
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`
    const response = await own.api(`/v1/users?limit=3${query}`, { token })
    const page = (await response.json()) as { items: UserBody[]; next: string | null }
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.next
  }
  t.deepEqual(seen, [...people.map(({ id }) => id), boss.id])
})

test.serial('a list can be narrowed to a role or a state', async (t) => {
  const { id } = await world.addUser({ roles: ['stakeholder'] })
  await patch(id, { active: false })
  const { body } = await asAdmin('/v1/users?role=stakeholder&active=false')
  const items = body.items as UserBody[]
  t.true(items.some((item) => item.id === id))
  t.true(items.every(({ roles, active }) => roles.includes('stakeholder') && !active))
})

const unknown = randomUUID()
const missing: [string, ApiOptions][] = [
  [`/v1/users/${unknown}`, {}],
  [`/v1/users/${unknown}`, { method: 'PATCH', body: { active: false }, headers: { 'if-match': '*' } }],
  [`/v1/users/${unknown}/roles/doctor`, { method: 'PUT' }],
  [`/v1/users/${unknown}/roles/doctor`, { method: 'DELETE' }],
]
for (const [path, options] of missing) {
  test.serial(`${options.method ?? 'GET'} ${path.replace(unknown, '{unknown}')} is 404`, async (t) => {
    const { status, body } = await asAdmin(path, options)
    t.is(status, 404)
    t.is(body.code, 'IDENTITY_USER_NOT_FOUND')
  })
}

const managing: [string, string, ApiOptions][] = [
  ['list', '/v1/users', {}],
  ['read', '/v1/users/{id}', {}],
  ['change', '/v1/users/{id}', { method: 'PATCH', body: { active: false }, headers: { 'if-match': '*' } }],
  ['give a role', '/v1/users/{id}/roles/admin', { method: 'PUT' }],
  ['take a role', '/v1/users/{id}/roles/patient', { method: 'DELETE' }],
]
for (const [what, template, options] of managing) {
  test.serial(`only an admin may ${what}`, async (t) => {
    const { id } = await world.addUser()
    const path = template.replace('{id}', id)
    t.is((await world.api(path, options)).status, 401)
    for (const role of PERSON_ROLES.filter((known) => known !== 'admin')) {
      const token = tokens.get(role) ?? ''
      t.is((await world.api(path, { ...options, token })).status, 403, role)
    }
    const { body } = await asAdmin(`/v1/users/${id}`)
    t.like(body, { version: 1, active: true })
  })
}

test.serial('a program may neither manage users nor be one', async (t) => {
  const basic = Buffer.from(`${SERVICE_CLIENT.id}:${SERVICE_CLIENT.secret}`).toString('base64')
  const fields = { grant_type: 'client_credentials' }
  const { body } = await requestToken(world.config.ISSUER, fields, { authorization: `Basic ${basic}` })
  const token = body.access_token ?? ''
  t.is((await world.api('/v1/users', { token })).status, 403)
  t.is((await world.api('/v1/me', { token })).status, 403)
})

const bad: [string, string, ApiOptions, string][] = [
  ['an id that is none', '/v1/users/1', {}, 'id'],
  ['an id in capitals', `/v1/users/${unknown.toUpperCase()}`, {}, 'id'],
  ['an unknown query', '/v1/users?email=a', {}, 'email'],
  ['a limit of text', '/v1/users?limit=many', {}, 'limit'],
  ['a limit beyond measure', '/v1/users?limit=1000000', {}, 'limit'],
  ['a cursor that is none', '/v1/users?cursor=abc', {}, 'cursor'],
  ['an unknown role to look for', '/v1/users?role=king', {}, 'role'],
  ['an unknown field', '/v1/users/{id}', { body: { email: 'new@example.org' } }, 'email'],
  ['no change at all', '/v1/users/{id}', { body: {} }, 'body'],
  ['text instead of a truth value', '/v1/users/{id}', { body: { active: 'no' } }, 'active'],
  ['an unknown role', '/v1/users/{id}', { body: { roles: ['king'] } }, 'roles.0'],
  ['a role twice', '/v1/users/{id}', { body: { roles: ['doctor', 'doctor'] } }, 'roles'],
  ['roles as text', '/v1/users/{id}', { body: { roles: 'admin' } }, 'roles'],
  ['broken JSON', '/v1/users/{id}', { body: '{' }, 'body'],
  ['an unknown role in the path', '/v1/users/{id}/roles/king', { method: 'PUT' }, 'role'],
]
for (const [what, template, given, field] of bad) {
  test.serial(`${what} is refused by name`, async (t) => {
    const { id } = await world.addUser()
    const method = given.method ?? (given.body === undefined ? 'GET' : 'PATCH')
    const headers = { 'if-match': '*' }
    const { status, response, body } = await asAdmin(template.replace('{id}', id), {
      ...given,
      method,
      headers,
    })
    t.is(status, 400)
    t.is(response.headers.get('content-type'), 'application/problem+json')
    t.is((body.errors as { field: string }[])[0]?.field, field)
    t.is((await asAdmin(`/v1/users/${id}`)).body.version, 1)
  })
}

test.serial('a path that does not exist is a problem document', async (t) => {
  const { response, status } = await asAdmin(`/v1/users/${adminId}/secrets`)
  t.is(status, 404)
  t.is(response.headers.get('content-type'), 'application/problem+json')
})

test.serial('the OpenAPI document lists the routes and who may call them', async (t) => {
  const response = await world.api('/openapi.json')
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, object>> }
  t.deepEqual(Object.keys(paths).sort(), [
    '/v1/me',
    '/v1/users',
    '/v1/users/{id}',
    '/v1/users/{id}/roles/{role}',
  ])
  t.like(paths['/v1/users']?.get, { 'x-permission': 'user:manage', operationId: 'listUsers' })
  t.like(paths['/v1/users']?.post, { 'x-permission': 'public', operationId: 'signUp' })
})
