import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'
import type { InjectOptions } from 'fastify'

import { everything } from './helpers/outbox.ts'
import { doctorAtClinic, rotaBody, rotaValues } from './helpers/rotas.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
let there: { doctorId: string; clinicId: string; rota: string; exception: string; change: string }

test.before(async () => {
  world = await createWorld(scope)
  const { doctorId, clinicId, addRota, addException, post } = await doctorAtClinic(world)
  const { id: rota } = await addRota()
  const { id: exception } = await addException({ kind: 'closed', date: '2027-02-01', reason: 'Away' })
  const made = await post('/v1/schedule-changes', changeBody(doctorId))
  there = { doctorId, clinicId, rota, exception, change: made.json<{ id: string }>().id }
})

const changeBody = (doctorId: string) => {
  return { action: 'close', doctorIds: [doctorId], from: '2027-03-01', to: '2027-03-02', reason: 'Away' }
}
const closedBody = { kind: 'closed', date: '2027-04-05', reason: 'Away' }
const windowsQuery = () => {
  return { doctorId: there.doctorId, from: '2027-01-01T00:00:00Z', to: '2027-01-02T00:00:00Z' }
}

/** Routes that take a body, each with a good one. */
const bodies: Record<string, () => { method: 'POST' | 'PUT'; url: string; payload: object }> = {
  'POST rotas': () => {
    const payload = rotaBody(there.doctorId, there.clinicId, { weekday: 2 })
    return { method: 'POST', url: '/v1/rotas', payload }
  },
  'PUT rotas': () => ({ method: 'PUT', url: `/v1/rotas/${there.rota}`, payload: rotaValues(there.clinicId) }),
  'POST rota-exceptions': () => {
    const payload = { doctorId: there.doctorId, ...closedBody }
    return { method: 'POST', url: '/v1/rota-exceptions', payload }
  },
  'PUT rota-exceptions': () => {
    return { method: 'PUT', url: `/v1/rota-exceptions/${there.exception}`, payload: closedBody }
  },
  'POST schedule-changes': () => {
    return { method: 'POST', url: '/v1/schedule-changes', payload: changeBody(there.doctorId) }
  },
  'POST undo': () => {
    return { method: 'POST', url: `/v1/schedule-changes/${there.change}/undo`, payload: {} }
  },
}

interface Refusal {
  status: number
  field?: string
}

const refuses = test.macro(async (t, request: () => InjectOptions, { status, field }: Refusal) => {
  const before = await everything(world.database.pool)
  const { headers, ...rest } = request()
  const all = { ...world.as('admin'), 'if-match': '*', ...headers }
  const answer = await world.app.inject({ ...rest, headers: all })

  t.is(answer.statusCode, status, answer.body)
  t.is(answer.headers['content-type'], 'application/problem+json')
  const { errors } = answer.json<{ errors?: { field: string }[] }>()
  if (field !== undefined) t.is(errors?.[0]?.field, field, answer.body)
  t.is(await everything(world.database.pool), before)
})

const json = { 'content-type': 'application/json' }

for (const [name, good] of Object.entries(bodies)) {
  const raw = (payload: string, headers: object = json) => {
    return () => ({ ...good(), payload, headers: { ...headers } }) as InjectOptions
  }
  const changed = (change: (payload: object) => object) => {
    return () => ({ ...good(), payload: change(good().payload) })
  }
  test.serial(
    `${name} refuses an unknown field`,
    refuses,
    changed((payload) => ({ ...payload, colour: 'red' })),
    { status: 400, field: 'colour' },
  )
  test.serial(
    `${name} refuses a list`,
    refuses,
    changed(() => []),
    { status: 400, field: 'body' },
  )
  test.serial(`${name} refuses broken JSON`, refuses, raw('{"a":'), { status: 400, field: 'body' })
  test.serial(
    `${name} refuses another content type`,
    refuses,
    raw('<a/>', { 'content-type': 'application/xml' }),
    { status: 415 },
  )
  test.serial(
    `${name} refuses a body of 1 MB`,
    refuses,
    changed((payload) => ({ ...payload, reason: 'x'.repeat(1_000_000) })),
    { status: 413 },
  )
}

for (const [name, good] of Object.entries(bodies).filter(([key]) => key !== 'POST undo')) {
  test.serial(
    `${name} refuses a missing body`,
    refuses,
    () => {
      const { method, url } = good()
      return { method, url }
    },
    { status: 400, field: 'body' },
  )
}

/** One field of a good body spoilt: route, field, value, and what is said of it. */
const spoilt: [keyof typeof bodies, string, unknown, Refusal][] = []
const both = (name: string) => [`POST ${name}`, `PUT ${name}`]

for (const route of both('rotas')) {
  spoilt.push(
    [route, 'clinicId', 'X', { status: 400, field: 'clinicId' }],
    [route, 'clinicId', undefined, { status: 400, field: 'clinicId' }],
    [route, 'clinicId', 7, { status: 400, field: 'clinicId' }],
    [route, 'clinicId', randomUUID(), { status: 422, field: 'clinicId' }],
    [route, 'weekday', 0, { status: 400, field: 'weekday' }],
    [route, 'weekday', 8, { status: 400, field: 'weekday' }],
    [route, 'weekday', '1', { status: 400, field: 'weekday' }],
    [route, 'weekday', 1.5, { status: 400, field: 'weekday' }],
    [route, 'weekday', undefined, { status: 422, field: 'weekday' }],
    [route, 'rrule', 'FREQ=DAILY', { status: 422, field: 'rrule' }], // beside a weekday
    [route, 'rrule', '', { status: 400, field: 'rrule' }],
    [route, 'rrule', `FREQ=DAILY;BYDAY=${'MO,'.repeat(200)}MO`, { status: 400, field: 'rrule' }],
    [route, 'exdates', ['2027-01-04'], { status: 422, field: 'exdates' }], // without a rule
    [route, 'exdates', Array(2).fill('2027-01-04'), { status: 400, field: 'exdates' }],
    [route, 'start', '24:00', { status: 400, field: 'start' }],
    [route, 'start', '8:00', { status: 400, field: 'start' }],
    [route, 'start', '12:00', { status: 422, field: 'end' }],
    [route, 'end', '24:01', { status: 400, field: 'end' }],
    [route, 'end', '07:00', { status: 422, field: 'end' }],
    [route, 'end', null, { status: 400, field: 'end' }],
    [route, 'effectiveFrom', '2027-02-29', { status: 422, field: 'effectiveFrom' }],
    [route, 'effectiveFrom', '2027-13-01', { status: 422, field: 'effectiveFrom' }],
    [route, 'effectiveFrom', '0001-01-01', { status: 422, field: 'effectiveFrom' }],
    [route, 'effectiveFrom', '01.02.2027', { status: 400, field: 'effectiveFrom' }],
    [route, 'effectiveTo', '2026-12-31', { status: 422, field: 'effectiveTo' }],
    [route, 'effectiveTo', '9999-12-31', { status: 422, field: 'effectiveTo' }],
    [route, 'effectiveTo', '2027-04-31', { status: 422, field: 'effectiveTo' }],
  )
}
for (const route of both('rota-exceptions')) {
  spoilt.push(
    [route, 'kind', 'shut', { status: 400, field: 'kind' }],
    [route, 'kind', 'open', { status: 422, field: 'clinicId' }],
    [route, 'date', '2027-06-31', { status: 422, field: 'date' }],
    [route, 'date', '9999-01-01', { status: 422, field: 'date' }],
    [route, 'date', undefined, { status: 400, field: 'date' }],
    [route, 'lastDate', '2027-04-04', { status: 422, field: 'lastDate' }],
    [route, 'lastDate', '2028-04-05', { status: 422, field: 'lastDate' }],
    [route, 'lastDate', 'soon', { status: 400, field: 'lastDate' }],
    [route, 'start', '09:00', { status: 422, field: 'end' }],
    [route, 'end', '09:00', { status: 422, field: 'start' }],
    [route, 'end', '24:30', { status: 400, field: 'end' }],
    [route, 'reason', undefined, { status: 422, field: 'reason' }],
    [route, 'reason', '', { status: 400, field: 'reason' }],
    [route, 'reason', '   ', { status: 400, field: 'reason' }],
    [route, 'reason', 'x'.repeat(201), { status: 400, field: 'reason' }],
    [route, 'reason', 'a\u0000b', { status: 422, field: 'reason' }],
    [route, 'clinicId', randomUUID(), { status: 422, field: 'clinicId' }],
  )
}
spoilt.push(
  ['POST rotas', 'doctorId', undefined, { status: 400, field: 'doctorId' }],
  ['POST rotas', 'doctorId', randomUUID(), { status: 422, field: 'doctorId' }],
  ['POST rotas', 'doctorId', randomUUID().toUpperCase(), { status: 400, field: 'doctorId' }],
  ['PUT rotas', 'doctorId', randomUUID(), { status: 400, field: 'doctorId' }],
  ['POST rota-exceptions', 'doctorId', randomUUID(), { status: 422, field: 'doctorId' }],
  ['POST schedule-changes', 'action', 'swap', { status: 400, field: 'action' }],
  ['POST schedule-changes', 'action', 'open', { status: 422, field: 'clinicId' }],
  ['POST schedule-changes', 'doctorIds', [], { status: 400, field: 'doctorIds' }],
  ['POST schedule-changes', 'doctorIds', ['x'], { status: 400, field: 'doctorIds.0' }],
  ['POST schedule-changes', 'doctorIds', Array(2).fill(randomUUID()), { status: 400, field: 'doctorIds' }],
  [
    'POST schedule-changes',
    'doctorIds',
    Array.from({ length: 501 }, () => randomUUID()),
    { status: 400, field: 'doctorIds' },
  ],
  ['POST schedule-changes', 'from', '2027-02-30', { status: 422, field: 'from' }],
  ['POST schedule-changes', 'to', '2027-02-28', { status: 422, field: 'to' }],
  ['POST schedule-changes', 'to', '2099-02-28', { status: 422, field: 'to' }],
  ['POST schedule-changes', 'dryRun', 'yes', { status: 400, field: 'dryRun' }],
  ['POST schedule-changes', 'reason', null, { status: 422, field: 'reason' }],
  ['POST schedule-changes', 'reason', 'a\u0000b', { status: 422, field: 'reason' }],
  ['POST schedule-changes', 'reason', 'a\ud800b', { status: 422, field: 'reason' }],
  ['POST schedule-changes', 'clinicId', randomUUID(), { status: 422, field: 'clinicId' }],
)
/** For titles: the same in each run, though ids are random. */
function nameOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'an id')
    .replace(/[0-9A-F-]{36}/, 'an ID')
    .slice(0, 40)
}

for (const [route, field, value, refusal] of spoilt) {
  const title = `${route} refuses ${field} ${nameOf(value)} with ${refusal.status} (${String(refusal.field)})`
  const request = () => {
    const good = bodies[route]?.()
    return { ...good, payload: { ...good?.payload, [field]: value } } as InjectOptions
  }
  test.serial(title, refuses, request, refusal)
}

/** Queries and paths: what is asked, and what is said of it. */
const asked: [string, () => InjectOptions, Refusal][] = [
  ['rotas with an unknown filter', () => ({ url: '/v1/rotas?colour=red' }), { status: 400, field: 'colour' }],
  ['rotas of no doctor', () => ({ url: '/v1/rotas?doctorId=' }), { status: 400, field: 'doctorId' }],
  ['no rotas', () => ({ url: '/v1/rotas?limit=0' }), { status: 400, field: 'limit' }],
  ['too many rotas', () => ({ url: '/v1/rotas?limit=501' }), { status: 400, field: 'limit' }],
  [
    'rotas after an invented cursor',
    () => ({ url: '/v1/rotas?cursor=abc' }),
    { status: 422, field: 'cursor' },
  ],
  ['a rota without an id', () => ({ url: '/v1/rotas/x' }), { status: 400, field: 'id' }],
  ['a rota nobody has', () => ({ url: `/v1/rotas/${randomUUID()}` }), { status: 404, field: 'id' }],
  [
    'exceptions between impossible dates',
    () => ({ url: '/v1/rota-exceptions?from=2027-02-30' }),
    { status: 422, field: 'from' },
  ],
  [
    'exceptions backwards',
    () => ({ url: '/v1/rota-exceptions?from=2027-02-02&to=2027-02-01' }),
    { status: 422, field: 'to' },
  ],
  [
    'exceptions after an invented cursor',
    () => ({ url: '/v1/rota-exceptions?cursor=abc' }),
    { status: 422, field: 'cursor' },
  ],
  [
    'an exception nobody has',
    () => ({ url: `/v1/rota-exceptions/${randomUUID()}` }),
    { status: 404, field: 'id' },
  ],
  [
    'a change nobody has made',
    () => ({ url: `/v1/schedule-changes/${randomUUID()}` }),
    { status: 404, field: 'id' },
  ],
  [
    'changes by the million',
    () => ({ url: '/v1/schedule-changes?limit=1000000' }),
    { status: 400, field: 'limit' },
  ],
  [
    'to change a rota without a version',
    () => {
      const { payload, ...rest } = bodies['PUT rotas']?.() ?? { payload: {} }
      return { ...rest, payload, headers: { 'if-match': '' } }
    },
    { status: 428, field: 'if-match' },
  ],
  [
    'windows without a doctor',
    () => ({ url: '/v1/windows', query: { ...windowsQuery(), doctorId: '' } }),
    { status: 400, field: 'doctorId' },
  ],
  [
    'windows without a beginning',
    () => ({ url: '/v1/windows', query: { doctorId: there.doctorId, to: '2027-01-02T00:00:00Z' } }),
    { status: 400, field: 'from' },
  ],
  [
    'windows from a date',
    () => ({ url: '/v1/windows', query: { ...windowsQuery(), from: '2027-01-01' } }),
    { status: 400, field: 'from' },
  ],
  [
    'windows from an impossible instant',
    () => ({ url: '/v1/windows', query: { ...windowsQuery(), from: '2027-02-30T00:00:00Z' } }),
    { status: 422, field: 'from' },
  ],
  [
    'windows up to a 25th hour',
    () => ({ url: '/v1/windows', query: { ...windowsQuery(), to: '2027-01-02T25:00:00Z' } }),
    { status: 422, field: 'to' },
  ],
  [
    'windows backwards',
    () => ({ url: '/v1/windows', query: { ...windowsQuery(), to: '2027-01-01T00:00:00Z' } }),
    { status: 422, field: 'to' },
  ],
  [
    'windows of all time',
    () => ({ url: '/v1/windows', query: { ...windowsQuery(), to: '9999-01-01T00:00:00Z' } }),
    { status: 422, field: 'to' },
  ],
  [
    'windows of a thousand years',
    () => ({ url: '/v1/windows', query: { ...windowsQuery(), from: '0001-01-01T00:00:00Z' } }),
    { status: 422, field: 'from' },
  ],
  [
    'windows in colour',
    () => ({ url: '/v1/windows', query: { ...windowsQuery(), colour: 'red' } }),
    { status: 400, field: 'colour' },
  ],
]
for (const [name, request, refusal] of asked) {
  test.serial(`nobody may ask for ${name}`, refuses, request, refusal)
}
