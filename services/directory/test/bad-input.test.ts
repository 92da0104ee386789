import { fileScope } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'

import { knownRecords } from './helpers/known.ts'
import { patternOf, type RouteCase, routeCases } from './helpers/routes.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
const known = knownRecords()
let world: World

test.before(async () => {
  world = await createWorld(scope)
  await known.plantAll(world)
})

test.after('nothing was written', async (t) => {
  t.is(await events(), 1) // The known patient's own.
})

async function events(): Promise<number> {
  const { rows } = await world.database.pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM outbox',
  )
  return rows[0]?.count ?? -1
}

interface Bad {
  url?: string
  payload?: string | Buffer
  type?: string | undefined
}

interface Refusal {
  status: number
  field?: string
}

/** Sends what is bad with all else in order, and checks that the answer is a problem that names the field. */
async function refuses(
  t: ExecutionContext,
  route: RouteCase,
  bad: Bad,
  { status, field }: Refusal,
): Promise<void> {
  const type = bad.type === undefined ? {} : { 'content-type': bad.type }
  const answer = await world.app.inject({
    method: route.method,
    url: bad.url ?? route.url,
    headers: { ...world.as('admin'), 'if-match': '*', ...type },
    ...(bad.payload === undefined ? {} : { payload: bad.payload }),
  })
  t.is(answer.statusCode, status, answer.body)
  t.is(answer.headers['content-type'], 'application/problem+json')
  const problem = answer.json<{ status: number; errors?: { field: string }[] }>()
  t.is(problem.status, status)
  if (field !== undefined) t.is(problem.errors?.[0]?.field, field, answer.body)
}

const JSON_TYPE = 'application/json'
const asJson = (body: unknown): Bad => ({ payload: JSON.stringify(body), type: JSON_TYPE })

for (const route of routeCases(known.ids)) {
  const { method, body, wrong } = route
  const name = patternOf(route)

  test(`${name} names an unknown query field`, async (t) => {
    const url = `${route.url}?colour=red`
    await refuses(
      t,
      route,
      { url, ...(body === undefined ? {} : asJson(body)) },
      { status: 400, field: 'colour' },
    )
  })

  if (method !== 'GET') {
    test(`${name} names an unknown field`, async (t) => {
      await refuses(t, route, asJson({ ...body, colour: 'red' }), { status: 400, field: 'colour' })
    })
    test(`${name} refuses a body that is no object`, async (t) => {
      await refuses(t, route, asJson([1]), { status: 400, field: 'body' })
    })
    test(`${name} refuses broken JSON`, async (t) => {
      await refuses(t, route, { payload: '{"name": ', type: JSON_TYPE }, { status: 400, field: 'body' })
    })
    test(`${name} refuses a megabyte`, async (t) => {
      await refuses(t, route, asJson({ name: 'x'.repeat(1024 ** 2) }), { status: 413 })
    })
    test(`${name} refuses another content type`, async (t) => {
      await refuses(
        t,
        route,
        { payload: 'name=x', type: 'application/x-www-form-urlencoded' },
        { status: 415 },
      )
      await refuses(t, route, { payload: '<name/>', type: 'text/xml' }, { status: 415 })
      await refuses(t, route, { payload: 'x', type: 'text/plain' }, { status: 415 })
    })
  }

  if (body !== undefined && wrong !== undefined) {
    const [field, value] = wrong
    test(`${name} refuses a missing body`, async (t) => {
      await refuses(t, route, {}, { status: 400, field: 'body' })
    })
    test(`${name} names a field of a wrong type`, async (t) => {
      await refuses(t, route, asJson({ ...body, [field]: value }), { status: 400, field })
    })
  }

  if (body !== undefined && method !== 'PATCH') {
    test(`${name} names a missing field`, async (t) => {
      const [field = ''] = Object.keys(body)
      await refuses(t, route, asJson({ ...body, [field]: undefined }), { status: 400, field })
    })
  }

  if (body !== undefined && 'name' in body) {
    for (const [what, text] of Object.entries({
      nothing: '',
      'only space': '  ',
      'a zero character': 'a\u0000b',
      'a line break': 'a\nb',
      '201 characters': 'x'.repeat(201),
    })) {
      test(`${name} refuses ${what} as a name`, async (t) => {
        await refuses(t, route, asJson({ ...body, name: text }), { status: 400, field: 'name' })
      })
    }
  }

  const url = route.url.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'seven')
  if (url !== route.url) {
    test(`${name} names an id that is no UUID`, async (t) => {
      const bad = { url, ...(body === undefined ? {} : asJson(body)) }
      await refuses(t, route, bad, { status: 400, field: 'id' })
    })
  }
}

const search: RouteCase = { method: 'GET', url: '/v1/doctors', roles: [] }
const badQueries: Record<string, [query: string, field: string]> = {
  'a specialty that is no UUID': ['specialty=cardiology', 'specialty'],
  'a clinic that is no UUID': ['clinic=1', 'clinic'],
  'a service that is no UUID': ['service=1', 'service'],
  'an empty city': ['city=', 'city'],
  'a zero character in the city': ['city=a%00b', 'city'],
  'a zero character in the text': ['q=a%00b', 'q'],
  'an empty text': ['q=', 'q'],
  'a text of 101 characters': [`q=${'x'.repeat(101)}`, 'q'],
  'a text of seven words': ['q=a+b+c+d+e+f+g', 'q'],
  'a limit of zero': ['limit=0', 'limit'],
  'a limit of 101': ['limit=101', 'limit'],
  'a limit that is no number': ['limit=ten', 'limit'],
  'an invented cursor': ['cursor=abc', 'cursor'],
  'a cursor of another order': [`cursor=${Buffer.from('{"name":"a"}').toString('base64url')}`, 'cursor'],
  'a cursor with a zero character': [
    `cursor=${Buffer.from('{"name":"\\u0000","id":"00000000-0000-4000-8000-000000000000"}').toString('base64url')}`,
    'cursor',
  ],
}
for (const [what, [query, field]] of Object.entries(badQueries)) {
  test(`search names ${what}`, async (t) => {
    await refuses(t, search, { url: `/v1/doctors?${query}` }, { status: 400, field })
  })
}

const contact = routeCases(known.ids).find(({ method }) => method === 'PATCH')
test('a change of contact that changes nothing is refused', async (t) => {
  if (contact === undefined) return t.fail('the case is missing')
  await refuses(t, contact, asJson({}), { status: 400, field: 'body' })
})
for (const email of ['nobody', 'a@b', 'a b@c.d', '@c.d', `${'x'.repeat(251)}@c.d`]) {
  test(`${email.slice(0, 20)} is no e-mail address`, async (t) => {
    if (contact === undefined) return t.fail('the case is missing')
    await refuses(t, contact, asJson({ email }), { status: 400, field: 'email' })
  })
}

test('a list names an invented cursor', async (t) => {
  await refuses(t, search, { url: '/v1/clinics?cursor=abc' }, { status: 400, field: 'cursor' })
})

const doctors = routeCases(known.ids).find(({ method, url }) => method === 'POST' && url === '/v1/doctors')
const badDoctors: Record<string, [change: object, field: string]> = {
  'no clinic': [{ clinicIds: [] }, 'clinicIds'],
  'a clinic twice': [{ clinicIds: [known.ids.clinic, known.ids.clinic] }, 'clinicIds'],
  '51 clinics': [{ clinicIds: Array.from({ length: 51 }, () => known.ids.clinic) }, 'clinicIds'],
  'a clinic that is no UUID': [{ clinicIds: ['x'] }, 'clinicIds.0'],
  'a phone number with letters': [{ phone: 'call me' }, 'phone'],
  'phonePublic as text': [{ phonePublic: 'yes' }, 'phonePublic'],
}
for (const [what, [change, field]] of Object.entries(badDoctors)) {
  test(`a doctor with ${what} is refused`, async (t) => {
    if (doctors === undefined) return t.fail('the case is missing')
    await refuses(t, doctors, asJson({ ...doctors.body, ...change }), { status: 400, field })
  })
}
