import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

const valid = () => ({
  doctorId: world.people.doctors[0],
  serviceId: world.people.consultation,
  start: world.slot(0),
})

interface Bad {
  title: string
  /** The raw body. */
  payload: () => string
  status: number
  field?: string
  contentType?: string
}

const json = (change: object) => () => JSON.stringify({ ...valid(), ...change })

const BODIES: Bad[] = [
  { title: 'an unknown field', payload: json({ colour: 'red' }), status: 400, field: 'colour' },
  { title: 'a wrong type', payload: json({ doctorId: 7 }), status: 400, field: 'doctorId' },
  { title: 'a number as text', payload: json({ message: 12 }), status: 400, field: 'message' },
  {
    title: 'an upper-case id',
    payload: json({ doctorId: randomUUID().toUpperCase() }),
    status: 400,
    field: 'doctorId',
  },
  { title: 'a missing field', payload: json({ start: undefined }), status: 400, field: 'start' },
  {
    title: 'a time without zone',
    payload: json({ start: '2030-01-01T10:00:00' }),
    status: 400,
    field: 'start',
  },
  {
    title: 'a day that does not exist',
    payload: json({ start: '2030-02-30T10:00:00Z' }),
    status: 400,
    field: 'start',
  },
  { title: 'a 25th hour', payload: json({ start: '2030-02-03T25:00:00Z' }), status: 400, field: 'start' },
  {
    title: 'a fraction of a second',
    payload: json({ start: '2030-02-03T10:00:00.5Z' }),
    status: 422,
    field: 'start',
  },
  {
    title: 'a fraction smaller than a millisecond',
    payload: json({ start: '2030-02-03T10:00:00.000001Z' }),
    status: 422,
    field: 'start',
  },
  { title: 'a long message', payload: json({ message: 'x'.repeat(1001) }), status: 400, field: 'message' },
  { title: 'a NUL character', payload: json({ message: 'a\u0000b' }), status: 400, field: 'message' },
  { title: 'an array', payload: () => '[]', status: 400 },
  { title: 'nothing', payload: () => '', status: 400 },
  { title: 'broken JSON', payload: () => '{"doctorId":', status: 400 },
  { title: 'a megabyte', payload: json({ message: 'x'.repeat(1_000_000) }), status: 413 },
  { title: 'another content type', payload: json({}), status: 415, contentType: 'text/plain' },
]

const refuses = test.macro<[Bad]>({
  exec: async (t, { payload, status, field, contentType = 'application/json' }) => {
    const answer = await world.app.inject({
      method: 'POST',
      url: '/v1/appointments',
      headers: {
        authorization: `Bearer ${world.token(world.people.patients[0] ?? '')}`,
        'idempotency-key': randomUUID(),
        'content-type': contentType,
      },
      payload: payload(),
    })
    t.is(answer.statusCode, status)
    t.is(answer.headers['content-type'], 'application/problem+json')
    const { errors } = answer.json<{ errors?: { field: string }[] }>()
    if (field !== undefined) t.is(errors?.[0]?.field, field)
    const { state } = await world.broker.jsm.streams.info(`${world.prefix}_BOOKING_REQUESTS`)
    t.is(state.messages, 0)
  },
  title: (_given, { title, status }) => `a booking with ${title} is answered ${status} and nothing is queued`,
})

for (const bad of BODIES) test(refuses, bad)

const KEYS: [string, string | null][] = [
  ['no key', null],
  ['a key of spaces', ' a b '],
  ['a key that is too long', 'k'.repeat(256)],
]
for (const [title, key] of KEYS) {
  test(`a booking with ${title} is answered 400`, async (t) => {
    const answer = await world.book(valid(), { key })
    t.is(answer.statusCode, 400)
    t.like(answer.json(), { code: 'BOOKING_KEY_MISSING', errors: [{ field: 'Idempotency-Key' }] })
  })
}

const slots = (change: Record<string, string | undefined>) => {
  const query = {
    doctorId: world.people.doctors[0],
    serviceId: world.people.consultation,
    from: world.slot(0),
    to: world.slot(10),
    ...change,
  }
  const entries = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return `/v1/slots?${new URLSearchParams(entries).toString()}`
}

const QUERIES: [string, () => string, number][] = [
  ['an unknown parameter', () => slots({ colour: 'red' }), 400],
  ['no filter', () => slots({ doctorId: undefined }), 400],
  ['a range backwards', () => slots({ to: '2020-01-01T00:00:00Z' }), 400],
  ['a range of ten years', () => slots({ to: '2036-01-01T00:00:00Z' }), 400],
  ['a date that does not exist', () => slots({ from: '2030-02-30T00:00:00Z' }), 400],
  ['a limit of zero', () => slots({ limit: '0' }), 400],
  ['a huge limit', () => slots({ limit: '100000' }), 400],
  ['a cursor of somebody else', () => slots({ cursor: 'abc' }), 400],
  ['a NUL character in the city', () => slots({ doctorId: undefined, city: '\u0000' }), 400],
  ['an unknown service', () => slots({ serviceId: randomUUID() }), 422],
  ['an unknown doctor', () => slots({ doctorId: randomUUID() }), 422],
  [
    'a service the doctor does not offer',
    () => slots({ doctorId: world.people.doctors[1], serviceId: world.people.procedure }),
    422,
  ],
  ['a next slot without filter', () => `/v1/slots/next?serviceId=${world.people.consultation}`, 400],
  ['an id that is none', () => '/v1/appointments/7', 400],
  ['a list with an unknown status', () => '/v1/appointments?status=lost', 400],
  ['a list with a bad cursor', () => '/v1/appointments?cursor=%7B%7D', 400],
  [
    'a cursor beyond the calendar',
    () => `/v1/appointments?cursor=${Buffer.from(`9007199254740991:${randomUUID()}`).toString('base64url')}`,
    400,
  ],
  ['a request id that is none', () => '/v1/booking-requests/x', 400],
]
for (const [title, url, status] of QUERIES) {
  test(`a search with ${title} is answered ${status}`, async (t) => {
    const headers = { authorization: `Bearer ${world.token(world.people.patients[0] ?? '')}` }
    const answer = await world.app.inject({ url: url(), headers })
    t.is(answer.statusCode, status)
    t.is(answer.headers['content-type'], 'application/problem+json')
    t.is(typeof answer.json<{ code: unknown }>().code, 'string')
  })
}

const ACTIONS = ['cancel', 'approve', 'decline']
const CHANGES: [string, string, string, number][] = [
  ['an unknown field', '{"colour":"red"}', 'application/json', 400],
  ['a wrong type', '{"reason":1}', 'application/json', 400],
  ['an empty body', '', 'application/json', 400],
  ['a NUL character', JSON.stringify({ reason: '\u0000' }), 'application/json', 400],
  ['broken JSON', '{', 'application/json', 400],
  ['a megabyte', JSON.stringify({ reason: 'x'.repeat(1_000_000) }), 'application/json', 413],
  ['another content type', 'reason=x', 'application/x-www-form-urlencoded', 415],
]
for (const action of ACTIONS) {
  for (const [title, payload, contentType, status] of CHANGES) {
    test(`${action} with ${title} is answered ${status}`, async (t) => {
      const answer = await world.app.inject({
        method: 'POST',
        url: `/v1/appointments/${randomUUID()}/${action}`,
        headers: {
          authorization: `Bearer ${world.token(world.people.doctors[0] ?? '', 'doctor')}`,
          'content-type': contentType,
        },
        payload,
      })
      t.is(answer.statusCode, status)
      t.is(answer.headers['content-type'], 'application/problem+json')
    })
  }
}

const ROUTES: { method: 'GET' | 'POST'; url: string; roles: string[] }[] = [
  { method: 'POST', url: '/v1/appointments', roles: ['patient', 'doctor', 'admin'] },
  { method: 'GET', url: '/v1/appointments', roles: ['patient', 'doctor', 'admin'] },
  { method: 'GET', url: `/v1/appointments/${randomUUID()}`, roles: ['patient', 'doctor', 'admin'] },
  { method: 'GET', url: `/v1/booking-requests/${randomUUID()}`, roles: ['patient', 'doctor', 'admin'] },
  { method: 'POST', url: `/v1/appointments/${randomUUID()}/cancel`, roles: ['patient', 'doctor', 'admin'] },
  { method: 'POST', url: `/v1/appointments/${randomUUID()}/approve`, roles: ['doctor', 'admin'] },
  { method: 'POST', url: `/v1/appointments/${randomUUID()}/decline`, roles: ['doctor', 'admin'] },
]
for (const { method, url, roles } of ROUTES) {
  const path = url.replace(/[0-9a-f-]{36}/, '{id}')
  for (const role of ['patient', 'doctor', 'admin', 'stakeholder', 'service'] as const) {
    const may = roles.includes(role)
    test(`${method} ${path} is ${may ? 'open to' : 'closed to'} a ${role}`, async (t) => {
      const headers = {
        authorization: `Bearer ${world.token(randomUUID(), role)}`,
        'content-type': 'application/json',
      }
      const answer = await world.app.inject({
        method,
        url,
        headers,
        ...(method === 'POST' ? { payload: '{}' } : {}),
      })
      t.is(answer.statusCode === 403, !may)
    })
  }
  test(`${method} ${path} without a token is answered 401`, async (t) => {
    const answer = await world.app.inject({ method, url, ...(method === 'POST' ? { payload: {} } : {}) })
    t.is(answer.statusCode, 401)
  })
}
