import { randomUUID } from 'node:crypto'

import test from 'ava'

import { type RouteAccess, type Service } from '../src/index.ts'
import { bearer, world } from './helpers/world.ts'

const paths = {
  '/book': 'appointment:book',
  '/users': 'user:manage',
  '/self': 'authenticated',
  '/open': 'public',
} as const satisfies Record<string, RouteAccess>

const routes = (app: Service) => {
  for (const [path, permission] of Object.entries(paths)) {
    app.get(path, { config: { permission } }, () => ({ path }))
  }
}

const answers = test.macro(
  async (
    t,
    role: 'patient' | 'admin' | 'stakeholder' | undefined,
    expected: Record<keyof typeof paths, number>,
  ) => {
    const { app, as } = await world(t, routes)
    const headers = role === undefined ? {} : as(role)

    for (const [url, status] of Object.entries(expected)) {
      t.is((await app.inject({ url, headers })).statusCode, status, url)
    }
  },
)

test('nobody sees only what is public', answers, undefined, {
  '/book': 401,
  '/users': 401,
  '/self': 401,
  '/open': 200,
})
test('a patient books', answers, 'patient', { '/book': 200, '/users': 403, '/self': 200, '/open': 200 })
test('a stakeholder does not', answers, 'stakeholder', {
  '/book': 403,
  '/users': 403,
  '/self': 200,
  '/open': 200,
})
test('an admin manages users', answers, 'admin', { '/book': 200, '/users': 200, '/self': 200, '/open': 200 })

test('a token without a role that exists may do nothing', async (t) => {
  const { app, issuer } = await world(t, routes)
  const headers = bearer(issuer.token({ sub: randomUUID(), roles: ['emperor' as never] }))

  t.is((await app.inject({ url: '/self', headers })).statusCode, 403)
  t.is((await app.inject({ url: '/book', headers })).statusCode, 403)
})

test('a route without a permission cannot be registered', async (t) => {
  await world(t, (app) => {
    t.throws(() => app.get('/forgotten', () => ({})), {
      code: 'ROUTE_WITHOUT_PERMISSION',
      message: /GET \/forgotten/,
    })
  })
})

test('the HEAD twin of a GET asks for the same permission', async (t) => {
  const { app, as } = await world(t, routes)

  t.is((await app.inject({ method: 'HEAD', url: '/users' })).statusCode, 401)
  t.is((await app.inject({ method: 'HEAD', url: '/users', headers: as('patient') })).statusCode, 403)
  t.is((await app.inject({ method: 'HEAD', url: '/users', headers: as('admin') })).statusCode, 200)
})

test('a plugin of foreign routes can be given one permission, and only it', async (t) => {
  const { app } = await world(t, (service) => {
    service.register(async (docs) => {
      docs.defaultPermission = 'user:manage'
      docs.get('/foreign', () => ({}))
    })
  })
  await app.ready()

  t.is((await app.inject('/foreign')).statusCode, 401)
  t.is(app.defaultPermission, undefined)
})

test('a refusal comes before the body is read', async (t) => {
  const { app } = await world(t, (service) => {
    service.post('/users', { config: { permission: 'user:manage' } }, () => ({}))
  })

  const answer = await app.inject({
    method: 'POST',
    url: '/users',
    payload: '{',
    headers: { 'content-type': 'application/json' },
  })

  t.is(answer.statusCode, 401)
})

test('what a person may see is not stored by caches', async (t) => {
  const { app, as } = await world(t, routes)

  t.is((await app.inject({ url: '/self', headers: as('patient') })).headers['cache-control'], 'no-store')
  t.is((await app.inject('/open')).headers['cache-control'], undefined)
})
