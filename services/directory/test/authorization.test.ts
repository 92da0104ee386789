import { ROLES } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { knownRecords } from './helpers/known.ts'
import { patternOf, routeCases } from './helpers/routes.ts'
import { send } from './helpers/send.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
const known = knownRecords()
const cases = routeCases(known.ids)
let world: World

test.before(async () => {
  world = await createWorld(scope)
  await known.plantAll(world)
})

/** Past the guard everything but 401 and 403 may come: a stale version, for example, which changes nothing. */
const STALE = { 'if-match': '"99"' }

for (const route of cases) {
  const { method, url, roles, body } = route
  const isPublic = roles.length === 0
  const create = method === 'POST' && body !== undefined

  test(`${patternOf(route)} ${isPublic ? 'is open to everybody' : 'wants a token'}`, async (t) => {
    const { status, headers } = await send(world, method, url, { headers: STALE, body })
    t.is(status, isPublic ? 200 : 401)
    t.is(typeof headers['www-authenticate'], isPublic ? 'undefined' : 'string')
  })

  for (const role of ROLES) {
    const allowed = isPublic || roles.includes(role)
    test(`${patternOf(route)} ${allowed ? 'lets' : 'refuses'} a ${role}`, async (t) => {
      const headers = { ...world.as(role, known.ids.patient), ...STALE }
      // A name of its own, because specialties and services may not share one.
      const own = create && 'name' in body ? { ...body, name: `Case ${patternOf(route)} ${role}` } : body
      const { status } = await send(world, method, url, { headers, body: own })
      const passes = route.passes ?? [expected(method, create)]
      t.true((allowed ? passes : [403]).includes(status), String(status))
    })
  }
}

function expected(method: string, create: boolean): number {
  if (method === 'GET') return 200
  return create ? 201 : 412
}

test('a caller without a role is refused where a role is needed', async (t) => {
  const { status } = await send(world, 'GET', `/v1/patients/${known.ids.patient}`, {
    headers: world.as([], known.ids.patient),
  })
  t.is(status, 403)
})

test('a bad token is refused even where none is needed', async (t) => {
  const headers = { authorization: 'Bearer nonsense' }
  t.is((await send(world, 'GET', '/v1/doctors', { headers })).status, 401)
})

test('no route is missing from the cases', (t) => {
  const paths = (world.app.swagger().paths ?? {}) as Record<string, object>
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((verb) => `${verb.toUpperCase()} ${path.replace(/{(\w+)}/g, ':$1')}`),
  )
  t.deepEqual(
    [...new Set(cases.map(patternOf))].toSorted(),
    documented.filter((r) => !r.startsWith('HEAD')).toSorted(),
  )
})
