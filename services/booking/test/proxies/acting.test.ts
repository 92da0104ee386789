import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { addService, call, until } from '../helpers/call.ts'
import { letAct, revoke } from '../helpers/proxies.ts'
import { createVisits } from '../helpers/visits.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
let limited: string
let asking: string

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      limited = await addService(pieces, { max_open: 1 })
      const request_fields = JSON.stringify([
        { key: 'weeks', label: 'Week?', kind: 'number', required: true },
      ])
      asking = await addService(pieces, { request_fields })
    },
  })
  world.work()
})

interface View {
  id: string
  status: string
  patientId: string
  code?: string
}

let used = 0
const somebody = () => world.people.patients[used++] ?? ''
const visit = createVisits(() => world, 2)

/** A child, and a mother who may act for it. */
async function family(more: object = {}) {
  const [child, mother] = [somebody(), somebody()]
  const grant = await letAct(world, { patientId: child, proxyId: mother }, more)
  return { child, mother, grant }
}

test('a proxy books for the patient, and the history says so', async (t) => {
  const { child, mother } = await family()
  const body = { ...visit(), patientId: child }
  const booked = await world.book(body, { as: mother })
  t.is(booked.statusCode, 201, booked.body)
  t.like(booked.json(), { status: 'booked', patientId: child })
  const { id } = booked.json<View>()
  t.is((await call(world, 'POST', `/v1/appointments/${id}/cancel`, { as: mother, body: {} })).statusCode, 200)
  const url = `/v1/appointments/${id}/history`
  const changes = ['request', 'cancel'].map((action) => ({ action, by: 'proxy', actorId: mother }))
  t.like((await call(world, 'GET', url, { as: child })).json(), { history: changes })
  const other = somebody()
  await letAct(world, { patientId: child, proxyId: other })
  const seen = (await call(world, 'GET', url, { as: other })).json<{ history: object[] }>().history
  t.like(seen, { 0: { by: 'proxy' }, 1: { by: 'proxy' } })
  t.false(
    seen.some((entry) => 'actorId' in entry),
    'which proxy it was is not for another one',
  )
  const { rows } = await world.pool.query<{ event: string }>(
    `SELECT event FROM outbox WHERE event LIKE '%appointment.cancelled%' AND event LIKE $1`,
    [`%${id}%`],
  )
  t.like(JSON.parse(rows[0]?.event ?? '{}'), { data: { by: 'patient', byProxy: true } })
})

test('without a grant nobody books for somebody else, and nothing is queued', async (t) => {
  const { child, mother, grant } = await family()
  const stranger = somebody()
  const body = { ...visit(), patientId: child }
  await revoke(world, grant)
  for (const as of [stranger, mother]) {
    const refused = await world.book(body, { as })
    t.is(refused.statusCode, 403)
    t.like(refused.json(), { code: 'BOOKING_FOR_OTHERS', errors: [{ field: 'patientId' }] })
  }
  const { rows } = await world.pool.query('SELECT FROM booking_request WHERE patient_id = $1', [child])
  t.is(rows.length, 0)
})

test('acting for somebody goes one way and no further', async (t) => {
  const { child, mother } = await family()
  t.is((await world.book({ ...visit(), patientId: mother }, { as: child })).statusCode, 403)
  const grandmother = somebody()
  await letAct(world, { patientId: mother, proxyId: grandmother })
  t.is((await world.book({ ...visit(), patientId: child }, { as: grandmother })).statusCode, 403)
})

test('a proxy holds a slot, sees it as held, extends it, lets it go, and books what they hold', async (t) => {
  const { child, mother } = await family()
  const body = { ...visit(), patientId: child }
  const held = await call(world, 'POST', '/v1/holds', { as: mother, body })
  t.is(held.statusCode, 201, held.body)
  const { id } = held.json<View>()
  const { doctorId, serviceId, start } = body
  const query = new URLSearchParams({ doctorId, serviceId, from: start, to: world.slot(29, 9) })
  const search = async (as: string, more = '') =>
    (await call(world, 'GET', `/v1/slots?${query.toString()}${more}`, { as })).json<{ slots: object[] }>()
  t.like((await search(mother, `&patientId=${child}`)).slots[0], { heldByMe: true, holdId: id })
  t.like((await search(child)).slots[0], { heldByMe: true, holdId: id })
  t.false(
    (await search(mother)).slots.some((slot) => 'holdId' in slot),
    'it is not the proxy’s own',
  )
  t.is((await call(world, 'POST', `/v1/holds/${id}/extend`, { as: mother })).statusCode, 200)
  t.is((await call(world, 'DELETE', `/v1/holds/${id}`, { as: mother })).statusCode, 204)
  const again = (await call(world, 'POST', '/v1/holds', { as: mother, body })).json<View>()
  const booked = await world.book({ ...body, holdId: again.id }, { as: mother })
  t.like(booked.json(), { id: again.id, status: 'booked', patientId: child })
})

test('whose holds are shown is for the patient, their proxies and staff to ask', async (t) => {
  const { child } = await family()
  const { doctorId, serviceId, start } = visit()
  const query = new URLSearchParams({
    doctorId,
    serviceId,
    from: start,
    to: world.slot(29, 9),
    patientId: child,
  })
  const url = `/v1/slots?${query.toString()}`
  t.is((await world.app.inject({ url })).statusCode, 401)
  t.is((await call(world, 'GET', url, { as: somebody() })).statusCode, 403)
  t.is((await call(world, 'GET', url, { as: randomUUID(), role: 'admin' })).statusCode, 200)
})

test('what a proxy held is nothing to them once the patient has ended it', async (t) => {
  const { child, mother, grant } = await family()
  const body = { ...visit(), patientId: child }
  const { id } = (await call(world, 'POST', '/v1/holds', { as: mother, body })).json<View>()
  await revoke(world, grant)
  t.is((await call(world, 'POST', `/v1/holds/${id}/extend`, { as: mother })).statusCode, 404)
  t.is((await call(world, 'DELETE', `/v1/holds/${id}`, { as: mother })).statusCode, 404)
  t.is((await world.book({ ...body, holdId: id }, { as: mother })).statusCode, 403)
  t.is((await call(world, 'DELETE', `/v1/holds/${id}`, { as: child })).statusCode, 204)
})

test('limits are the patient’s, whoever asks', async (t) => {
  const { child, mother } = await family()
  const first = { ...visit(), patientId: child, serviceId: limited }
  t.is((await world.book(first, { as: mother })).statusCode, 201)
  const second = await world.book({ ...visit(), patientId: child, serviceId: limited }, { as: mother })
  t.like(second.json(), { code: 'BOOKING_TOO_MANY_OPEN' })
  // The mother has none of her own.
  t.is((await world.book({ ...visit(), serviceId: limited }, { as: mother })).statusCode, 201)
  // Nobody else of these tests comes to the third doctor.
  const [, , other] = world.people.doctors
  const twice = { ...first, doctorId: other, serviceId: world.people.consultation }
  t.like((await world.book(twice, { as: mother })).json(), { code: 'BOOKING_PATIENT_OVERLAP' })
  // Moving into what is limited is limited, too.
  const { id } = (await world.book({ ...visit(), patientId: child }, { as: mother })).json<View>()
  const { start } = visit()
  const moved = await call(world, 'POST', `/v1/appointments/${id}/move`, {
    as: mother,
    body: { start, serviceId: limited },
  })
  t.like(moved.json(), { code: 'BOOKING_TOO_MANY_OPEN' })
})

test('a proxy asks any doctor who is free', async (t) => {
  const { child, mother } = await family()
  // Whoever is free is so at a time that no other of these tests asks for.
  const { serviceId } = visit()
  const body = { specialtyId: world.people.specialty, serviceId, start: world.slot(5, 7), patientId: child }
  t.like((await world.book(body, { as: mother })).json(), { status: 'booked', patientId: child })
})

test('a proxy answers what the service asks, and does not read it back without notes', async (t) => {
  const { child, mother } = await family()
  const body = { ...visit(), serviceId: asking, patientId: child }
  const unanswered = await world.book(body, { as: mother })
  t.like(unanswered.json(), { code: 'BOOKING_ANSWER_INVALID', errors: [{ field: 'answers.weeks' }] })
  const booked = await world.book({ ...body, answers: { weeks: 20 } }, { as: mother })
  t.is(booked.statusCode, 201, booked.body)
  const url = `/v1/appointments/${booked.json<View>().id}`
  t.like((await call(world, 'GET', url, { as: child })).json(), { answers: [{ key: 'weeks', value: 20 }] })
  t.false('answers' in (await call(world, 'GET', url, { as: mother })).json<object>())
})

test('a proxy books, reads, moves and cancels a series', async (t) => {
  const { child, mother } = await family()
  const { serviceId } = visit()
  const starts = [3, 4].map((day) => world.slot(25, day))
  const body = { doctorId: world.people.doctors[1], serviceId, starts, patientId: child, mode: 'all' }
  const preview = await call(world, 'POST', '/v1/series/preview', {
    as: mother,
    body: { ...body, mode: undefined },
  })
  t.is(preview.statusCode, 200, preview.body)
  const made = await call(world, 'POST', '/v1/series', { as: mother, body })
  t.is(made.statusCode, 201, made.body)
  const url = `/v1/series/${made.json<View>().id}`
  t.like((await call(world, 'GET', url, { as: mother })).json(), { patientId: child })
  const ended = await call(world, 'POST', `${url}/cancel`, { as: mother, body: { scope: 'all' } })
  t.like(ended.json(), { visits: [{ status: 200 }, { status: 200 }] })
  t.is((await call(world, 'GET', url, { as: somebody() })).statusCode, 404)
})

test('a proxy takes a place in line for the patient, and loses sight of it with the grant', async (t) => {
  const { child, mother, grant } = await family()
  const { doctorId, serviceId } = visit()
  const body = { doctorId, serviceId, patientId: child, from: world.slot(0, 8), to: world.slot(1, 8) }
  const joined = await call(world, 'POST', '/v1/waitlist', { as: mother, body })
  t.is(joined.statusCode, 201, joined.body)
  const url = `/v1/waitlist/${joined.json<View>().id}`
  const listed = await call(world, 'GET', `/v1/waitlist?patientId=${child}`, { as: mother })
  t.is(listed.json<{ entries: object[] }>().entries.length, 1)
  await revoke(world, grant)
  t.is((await call(world, 'GET', url, { as: mother })).statusCode, 404)
  t.is((await call(world, 'GET', `/v1/waitlist?patientId=${child}`, { as: mother })).statusCode, 404)
  t.is((await call(world, 'DELETE', url, { as: mother })).statusCode, 404)
  t.is((await call(world, 'DELETE', url, { as: child })).statusCode, 204)
})

test('a request that a proxy made is told to them as long as they are one', async (t) => {
  const { child, mother, grant } = await family()
  const { id } = (await world.book({ ...visit(), patientId: child }, { as: mother })).json<View>()
  const url = `/v1/booking-requests/${id}`
  t.like((await call(world, 'GET', url, { as: mother })).json(), { decision: 'booked' })
  await revoke(world, grant)
  t.is((await call(world, 'GET', url, { as: mother })).statusCode, 404)
})

test('doctors and admins book for others as before, as staff', async (t) => {
  const { child } = await family()
  const [doctor = ''] = world.people.doctors.slice(2)
  const booked = await world.book({ ...visit(), patientId: child }, { as: doctor, role: 'doctor' })
  const url = `/v1/appointments/${booked.json<View>().id}/history`
  t.like((await call(world, 'GET', url, { as: child })).json(), { history: [{ by: 'staff' }] })
})

test('many proxies of one patient at once book one visit', async (t) => {
  const child = somebody()
  const proxies = Array.from({ length: 8 }, somebody)
  await Promise.all(proxies.map((proxyId) => letAct(world, { patientId: child, proxyId })))
  const { start } = visit()
  const wishes = proxies.map((as, n) => {
    const body = {
      doctorId: world.people.doctors[n % 3],
      serviceId: world.people.consultation,
      patientId: child,
    }
    return world.book({ ...body, start: world.slot(29, 9) }, { as })
  })
  const answers = await Promise.all(wishes)
  t.is(answers.filter(({ statusCode }) => statusCode === 201).length, 1, start)
  await until(async () => {
    const { rows } = await world.pool.query('SELECT FROM booking_request WHERE patient_id = $1', [child])
    return rows.length === 8
  })
})
