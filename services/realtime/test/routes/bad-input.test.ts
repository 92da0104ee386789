import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { openStream, Refused } from '../helpers/client.ts'
import { createWorld, type Replica, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
let replica: Replica

test.before(async () => {
  world = await createWorld(scope)
  replica = await world.start()
})

interface BadRequest {
  token?: (id: string) => string
  headers?: Record<string, string>
  body?: string
  expected: { status: number; code: string; field?: string }
}

const JSON_TYPE = { 'content-type': 'application/json' }
const cases: Record<string, BadRequest> = {
  'without a token': { token: () => '', expected: { status: 401, code: 'UNAUTHENTICATED' } },
  'with an expired token': {
    token: (sub) => world.issuer.token({ sub, roles: ['patient'], exp: 1_000_000_000 }),
    expected: { status: 401, code: 'UNAUTHENTICATED' },
  },
  'with an unsigned token': {
    token: (sub) => world.issuer.unsignedToken({ sub, roles: ['patient'] }),
    expected: { status: 401, code: 'UNAUTHENTICATED' },
  },
  'with a token for another audience': {
    token: (sub) => world.issuer.token({ sub, roles: ['patient'], aud: 'other' }),
    expected: { status: 401, code: 'UNAUTHENTICATED' },
  },
  'as a stakeholder': {
    token: (sub) => world.issuer.token({ sub, roles: ['stakeholder'] }),
    expected: { status: 403, code: 'FORBIDDEN' },
  },
  'as somebody whose id is a wildcard': {
    token: () => world.issuer.token({ sub: '*', roles: ['patient'] }),
    expected: { status: 403, code: 'FORBIDDEN' },
  },
  'with an unknown field': {
    headers: JSON_TYPE,
    body: '{"patientId":"x"}',
    expected: { status: 400, code: 'VALIDATION_FAILED', field: 'patientId' },
  },
  'with a body of the wrong type': {
    headers: JSON_TYPE,
    body: '[]',
    expected: { status: 400, code: 'VALIDATION_FAILED', field: 'body' },
  },
  'with broken JSON': {
    headers: JSON_TYPE,
    body: '{',
    expected: { status: 400, code: 'MALFORMED_JSON', field: 'body' },
  },
  'with another content type': {
    headers: { 'content-type': 'text/plain' },
    body: 'x',
    expected: { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  },
  'with a body of 1 MB': {
    headers: JSON_TYPE,
    body: JSON.stringify({ a: 'x'.repeat(1_048_576) }),
    expected: { status: 413, code: 'BODY_TOO_LARGE' },
  },
}

for (const [what, { token, headers, body, expected }] of Object.entries(cases)) {
  test(`a ticket asked for ${what} is refused with ${expected.status}`, async (t) => {
    const id = randomUUID()
    const bearer = token === undefined ? world.issuer.token({ sub: id, roles: ['patient'] }) : token(id)
    const answer = await fetch(`${replica.url}/v1/stream/tickets`, {
      method: 'POST',
      headers: { ...headers, ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }) },
      ...(body === undefined ? {} : { body }),
    })
    const problem = (await answer.json()) as { code: string; errors?: { field: string }[] }

    t.is(answer.status, expected.status)
    t.is(answer.headers.get('content-type'), 'application/problem+json')
    t.is(problem.code, expected.code)
    if (expected.field !== undefined) t.is(problem.errors?.[0]?.field, expected.field)
  })
}

test('a ticket may be asked for with an empty object too', async (t) => {
  const token = world.issuer.token({ sub: randomUUID(), roles: ['patient'] })
  const headers = { ...JSON_TYPE, authorization: `Bearer ${token}` }
  const answer = await fetch(`${replica.url}/v1/stream/tickets`, { method: 'POST', headers, body: '{}' })
  const body = (await answer.json()) as { ticket: string; expiresAt: string }

  t.is(answer.status, 201)
  t.regex(body.ticket, /^[A-Za-z0-9_-]{43}$/)
  t.is(answer.headers.get('cache-control'), 'no-store')
})

const aTicket = 'A'.repeat(43)
const queries: Record<string, { query: string; status: number; code: string; field?: string }> = {
  'without a ticket': { query: '', status: 400, code: 'VALIDATION_FAILED', field: 'ticket' },
  'with a ticket that is none': {
    query: '?ticket=x',
    status: 400,
    code: 'VALIDATION_FAILED',
    field: 'ticket',
  },
  'with an unknown ticket': { query: `?ticket=${aTicket}`, status: 401, code: 'REALTIME_TICKET_INVALID' },
  'with an unknown parameter': {
    query: `?ticket=${aTicket}&token=x`,
    status: 400,
    code: 'VALIDATION_FAILED',
    field: 'token',
  },
  'with a negative last id': {
    query: `?ticket=${aTicket}&lastEventId=-1`,
    status: 400,
    code: 'VALIDATION_FAILED',
    field: 'lastEventId',
  },
  'with a last id too large to be one': {
    query: `?ticket=${aTicket}&lastEventId=${'9'.repeat(30)}`,
    status: 400,
    code: 'VALIDATION_FAILED',
    field: 'lastEventId',
  },
}

for (const [what, { query, status, code, field }] of Object.entries(queries)) {
  test(`a socket asked for ${what} is refused with ${status}`, async (t) => {
    const url = `${replica.url.replace('http', 'ws')}/v1/stream${query}`
    const refused = await t.throwsAsync(openStream(url), { instanceOf: Refused })

    t.is(refused.status, status)
    t.is(refused.headers['content-type'], 'application/problem+json')
    t.is(refused.problem.code, code)
    const errors = refused.problem.errors as { field: string }[] | undefined
    t.is(errors?.[0]?.field, field)
  })
}

test('a plain request for the stream is told to upgrade and keeps its ticket', async (t) => {
  const ticket = await replica.ticket({ id: randomUUID() })
  const answer = await fetch(`${replica.url}/v1/stream?ticket=${ticket}`)
  const client = await openStream(`${replica.url.replace('http', 'ws')}/v1/stream?ticket=${ticket}`)

  t.is(answer.status, 426)
  t.is(answer.headers.get('upgrade'), 'websocket')
  t.is(client.socket.readyState, client.socket.OPEN)
})

test('an upgrade on another path is refused', async (t) => {
  const url = `${replica.url.replace('http', 'ws')}/v1/stream/tickets`
  const refused = await t.throwsAsync(openStream(url), { instanceOf: Refused })

  t.true(refused.status >= 400 && refused.status < 500)
})
