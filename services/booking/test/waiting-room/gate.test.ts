import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { call } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { type Replicas, startReplicas } from './replicas.ts'

const scope = fileScope(test)
let world: World
let replicas: Replicas

test.before(async () => {
  replicas = await startReplicas(scope, 1, { turnMs: 20_000 })
  world = await createWorld(scope, { room: replicas.rooms[0] })
  world.work()
})

interface Told {
  code?: string
  status?: string
  ticket?: string
  askAgainSeconds?: number
  wait?: { from: number; to: number }
  admittedUntil?: string
  ahead?: number
  position?: number
  waitingRoom?: string
  open?: boolean
  waiting?: number
}

const patient = (n: number) => world.people.patients[n] ?? ''
const body = (n: number) => ({
  ...{ doctorId: world.people.doctors[0], serviceId: world.people.consultation },
  start: world.slot(n),
})
const searchUrl = () =>
  `/v1/slots?serviceId=${world.people.consultation}&doctorId=${world.people.doctors[0]}&day=${world.slot(0).slice(0, 10)}&limit=1`

/** What a patient does who has, or has not, a ticket. */
async function ask(
  n: number,
  method: 'GET' | 'POST',
  url: string,
  { ticket, body: payload }: { ticket?: string; body?: object } = {},
) {
  const headers = {
    authorization: `Bearer ${world.token(patient(n))}`,
    ...(method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
    ...(ticket === undefined ? {} : { 'waiting-room-ticket': ticket }),
  }
  return world.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
}

const open = async () => {
  const answer = await call(world, 'POST', '/v1/waiting-room/openings', {
    as: crypto.randomUUID(),
    role: 'admin',
    body: { reason: 'New slots' },
  })
  await replicas.pass(0)
  return answer
}
const close = async () =>
  call(world, 'POST', '/v1/waiting-room/close', { as: crypto.randomUUID(), role: 'admin' })

test.serial('while the room is closed nobody needs a ticket', async (t) => {
  t.is((await ask(0, 'GET', searchUrl())).statusCode, 200)
  t.is((await world.app.inject(searchUrl())).statusCode, 200)
  t.deepEqual((await ask(0, 'POST', '/v1/waiting-room/tickets')).json(), { status: 'not-needed' })
  t.like((await world.app.inject('/v1/waiting-room')).json<Told>(), { open: false, waiting: 0 })
})

test.serial(
  'patients and strangers are told to wait, with the way to a ticket; staff and one’s own visits are not kept out',
  async (t) => {
    const booked = await world.book(body(0), { as: patient(1) })
    const held = await ask(2, 'POST', '/v1/holds', { body: body(1) })
    t.deepEqual([booked.statusCode, held.statusCode, (await open()).statusCode], [201, 201, 202])
    t.teardown(close)
    const { id } = booked.json<{ id: string }>()

    const kept = [
      await ask(0, 'GET', searchUrl()),
      await world.app.inject(searchUrl()),
      await world.app.inject(`/fhir/R4/Slot?start=ge${world.slot(0).slice(0, 10)}`),
      await ask(0, 'POST', '/v1/holds', { body: body(2) }),
      await ask(0, 'POST', '/v1/appointments', { body: body(2) }),
      await ask(1, 'POST', `/v1/appointments/${id}/move`, { body: { start: world.slot(9) } }),
      await ask(0, 'POST', '/v1/waitlist', {
        body: { serviceId: world.people.consultation, from: world.slot(0), to: world.slot(9) },
      }),
    ]
    for (const answer of kept) {
      t.is(answer.statusCode, 429, answer.body)
      t.is(answer.headers['retry-after'], '1')
      t.true(answer.body.includes('BOOKING_WAITING_ROOM_TICKET_MISSING'))
    }
    t.like(kept[0]?.json<Told>(), { waitingRoom: '/v1/waiting-room/tickets' })
    t.is(kept[0]?.headers.link, '</v1/waiting-room/tickets>; rel="related"')

    const staff = { as: crypto.randomUUID(), role: 'admin' as const }
    t.is((await call(world, 'GET', searchUrl(), staff)).statusCode, 200)
    const forPatient = { ...staff, body: { ...body(3), patientId: patient(3) } }
    t.is((await call(world, 'POST', '/v1/appointments', forPatient)).statusCode, 201)
    const doctor = { as: world.people.doctors[0] ?? '', role: 'doctor' as const }
    t.is((await call(world, 'GET', searchUrl(), doctor)).statusCode, 200)

    t.is((await ask(1, 'GET', `/v1/appointments/${id}`)).statusCode, 200)
    t.is((await ask(1, 'POST', `/v1/appointments/${id}/cancel`, { body: {} })).statusCode, 200)
    const holdId = held.json<{ id: string }>().id
    const ofHold = await ask(2, 'POST', '/v1/appointments', { body: { ...body(1), holdId } })
    t.is(ofHold.statusCode, 201, ofHold.body)
    const madeUp = { ...body(4), holdId: crypto.randomUUID() }
    t.is((await ask(0, 'POST', '/v1/appointments', { body: madeUp })).statusCode, 429)
  },
)

test.serial('FHIR: a patient without a turn can cancel and cannot book', async (t) => {
  const booked = await world.book(body(12), { as: patient(12) })
  await open()
  t.teardown(close)
  const { id } = booked.json<{ id: string }>()
  const base = '/fhir/R4/Appointment'
  const read = await ask(12, 'GET', `${base}/${id}`)
  const cancelled = { ...read.json<object>(), status: 'cancelled' }
  const parameters = (parameter: object[]) => ({ resourceType: 'Parameters', parameter })
  const named = (reference: string) =>
    parameters([{ name: 'appointment-reference', valueReference: { reference } }])
  const offered = named('Appointment/not-an-offer')
  t.is((await ask(12, 'POST', `${base}/$book`, { body: offered })).statusCode, 429)
  t.is((await ask(12, 'POST', `${base}/$hold`, { body: offered })).statusCode, 429)
  const answer = await ask(12, 'POST', `${base}/$book`, {
    body: parameters([{ name: 'appointment-resource', resource: cancelled }]),
  })
  t.is(answer.statusCode, 200, answer.body)
})

test.serial('a ticket leads to a turn, and the turn to a booking', async (t) => {
  await open()
  t.teardown(close)
  const joined = await ask(5, 'POST', '/v1/waiting-room/tickets')
  const { ticket = '', ...told } = joined.json<Told>()
  t.like(told, { status: 'drawing', peers: 1 })
  t.true(Number(joined.headers['retry-after']) >= 2)
  t.deepEqual(Object.keys(told.wait ?? {}), ['from', 'to'])
  const early = await ask(5, 'GET', searchUrl(), { ticket })
  t.is(early.json<Told>().code, 'BOOKING_WAITING_ROOM_NOT_YET')
  t.is(early.json<{ standing: Told }>().standing.status, 'drawing')
  for (let n = 20; n < 60; n++) await ask(n, 'POST', '/v1/waiting-room/tickets')
  await replicas.pass(1_000, 5)
  const waiting = (await ask(5, 'GET', '/v1/waiting-room/tickets/mine', { ticket })).json<Told>()
  t.is(waiting.status, 'waiting')
  t.is(waiting.ahead, (waiting.position ?? 0) - 1)
  t.like((await world.app.inject('/v1/waiting-room')).json<Told>(), { open: true, waiting: 41 })
  await replicas.pass(1_000, 6)
  const admitted = (await ask(5, 'GET', '/v1/waiting-room/tickets/mine', { ticket })).json<Told>()
  t.is(admitted.status, 'admitted')
  t.is(typeof admitted.admittedUntil, 'string')
  t.is((await ask(5, 'GET', searchUrl(), { ticket })).statusCode, 200)
  t.is((await ask(5, 'POST', '/v1/appointments', { ticket, body: body(20) })).statusCode, 201)

  const stolen = await ask(6, 'POST', '/v1/appointments', { ticket, body: body(21) })
  t.like(stolen.json<Told>(), { code: 'BOOKING_WAITING_ROOM_TICKET_INVALID' })
  t.is(stolen.statusCode, 403)
  t.is((await ask(6, 'GET', '/v1/waiting-room/tickets/mine', { ticket })).statusCode, 403)
  t.is((await ask(6, 'GET', '/v1/waiting-room/tickets/mine')).statusCode, 403)
  await replicas.pass(1_000, 25)
  await ask(61, 'POST', '/v1/waiting-room/tickets')
  t.like((await ask(5, 'POST', '/v1/appointments', { ticket, body: body(22) })).json<Told>(), {
    code: 'BOOKING_WAITING_ROOM_TURN_OVER',
  })
  t.is((await ask(5, 'GET', '/v1/waiting-room/tickets/mine', { ticket })).json<Told>().status, 'over')
})

test.serial('only administrators open and close it, at times that can be', async (t) => {
  const opening = { reason: 'New slots' }
  const admin = { as: crypto.randomUUID(), role: 'admin' as const }
  const asks = async (asked: object, who: object = admin) =>
    call(world, 'POST', '/v1/waiting-room/openings', { ...(who as typeof admin), body: asked })
  t.is((await asks(opening, { as: patient(0), role: 'patient' })).statusCode, 403)
  t.is((await asks(opening, { as: patient(0), role: 'doctor' })).statusCode, 403)
  t.is((await asks({})).statusCode, 400)
  t.is((await asks({ ...opening, opensAt: 'soon' })).statusCode, 400)
  // The shared clock of these tests stands in November 2023.
  const now = replicas.rooms[0]?.view.now() ?? 0
  const instant = (minutes: number) => new Date(now + minutes * 60_000).toISOString()
  for (const times of [
    { opensAt: instant(-10) },
    { opensAt: instant(20), releaseAt: instant(10) },
    { opensAt: instant(10), releaseAt: instant(500) },
    { opensAt: instant(60 * 24 * 40) },
  ]) {
    t.is((await asks({ ...opening, ...times })).json<Told>().code, 'BOOKING_WAITING_ROOM_TIMES')
  }
  const later = await asks({ ...opening, opensAt: instant(10), releaseAt: instant(25) })
  t.is(later.statusCode, 202)
  t.like(later.json(), { open: false, planned: { reason: 'New slots' } })
  t.is((await close()).statusCode, 200)
  t.is((await world.app.inject('/v1/waiting-room')).json<{ planned?: object }>().planned, undefined)
})

test.serial('figures say how it is', async (t) => {
  await open()
  t.teardown(close)
  await ask(70, 'POST', '/v1/waiting-room/tickets')
  await ask(71, 'GET', searchUrl())
  await replicas.pass(250)
  const text = (await world.app.inject('/metrics')).body
  for (const line of [
    'booking_waiting_room_open{service="booking-api"} 1',
    'booking_waiting_room_waiting{service="booking-api"} 1',
  ])
    t.true(text.includes(line), line)
  t.regex(text, /booking_waiting_room_refused_total\{code="BOOKING_WAITING_ROOM_TICKET_MISSING"[^}]*\} [1-9]/)
})

test('the documentation of what needs a turn names the ticket, and of nothing else', (t) => {
  const { paths = {} } = world.app.swagger() as {
    paths?: Record<
      string,
      Record<string, { parameters?: { in: string; name: string; required?: boolean }[] }>
    >
  }
  const ticketOf = (method: string, path: string) =>
    paths[path]?.[method]?.parameters?.find(({ name }) => name === 'waiting-room-ticket')
  for (const [method, path] of [
    ['post', '/v1/appointments'],
    ['post', '/v1/holds'],
    ['get', '/v1/slots'],
  ] as const) {
    t.like(ticketOf(method, path), { in: 'header', required: false }, path)
  }
  t.is(ticketOf('get', '/v1/appointments'), undefined)
})
