import { randomUUID } from 'node:crypto'

import { DoctorSnapshot, EventEnvelope } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'
import { Check } from 'typebox/value'

import { clinic, plant, serviceType, specialty } from './helpers/network.ts'
import { waiting } from './helpers/outbox.ts'
import { send } from './helpers/send.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

const care = specialty('Obstetrics')
const other = specialty('Cardiology')
const place = clinic()
const second = clinic({ name: 'Second Clinic' })
const closed = clinic({ name: 'Closed Clinic', active: false })
const service = serviceType()

test.before(async () => {
  world = await createWorld(scope)
  await plant(world.database.pool, {
    specialties: [care, other],
    clinics: [place, second, closed],
    services: [service],
  })
})

const body = (overrides: object = {}) => ({
  name: 'Dr. Fern 1',
  specialtyId: care.id,
  clinicIds: [place.id, second.id],
  serviceIds: [service.id],
  phone: '+55 27 0000-0001',
  phonePublic: false,
  ...overrides,
})

const admin = (more: Record<string, string> = {}) => ({ ...world.as('admin'), ...more })
const create = async (overrides: object = {}) =>
  send(world, 'POST', '/v1/doctors', { headers: admin(), body: body(overrides) })

test('a new doctor is found at once, and told to the other services', async (t) => {
  const made = await create({ name: 'Dr. Ginkgo 77' })
  t.is(made.status, 201)
  t.is(made.headers.location, `/v1/doctors/${String(made.body.id)}`)
  t.regex(String(made.headers.etag), /^"1-/)

  const found = await send(world, 'GET', '/v1/doctors?q=ginko')
  t.deepEqual(
    (found.body.items as { id: string }[]).map(({ id }) => id),
    [made.body.id],
  )

  const [{ subject, event } = { subject: '', event: undefined }, ...rest] = await waiting(
    world.database.pool,
    String(made.body.id),
  )
  t.is(rest.length, 0)
  t.is(subject, `directory.doctor.${String(made.body.id)}`)
  t.true(Check(EventEnvelope, event))
  t.true(Check(DoctorSnapshot, event?.data))
  t.like(event?.data, { version: 1, clinicIds: [place.id, second.id], serviceIds: [service.id] })
  t.false('phone' in (event?.data ?? {}))
})

test('the id of the user becomes the id of the doctor', async (t) => {
  const id = randomUUID()
  t.is((await create({ id })).body.id, id)
  const again = await create({ id })
  t.is(again.status, 409)
  t.like(again.body, { code: 'DIRECTORY_ID_TAKEN', errors: [{ field: 'id' }] })
})

test('a change carries the trace of its request', async (t) => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const made = await send(world, 'POST', '/v1/doctors', { headers: admin({ traceparent }), body: body() })
  const [told] = await waiting(world.database.pool, String(made.body.id))
  t.is(told?.event.traceparent?.split('-')[1], '0af7651916cd43dd8448eb211c80319c')
})

test('a replaced doctor keeps the id, grows the version, and is found by the new words only', async (t) => {
  const made = await create({ name: 'Dr. Banyan 5' })
  const url = `/v1/doctors/${String(made.body.id)}`
  const changed = await send(world, 'PUT', url, {
    headers: admin({ 'if-match': String(made.headers.etag) }),
    body: body({ name: 'Dr. Tamarind 5', specialtyId: other.id, clinicIds: [second.id], serviceIds: [] }),
  })
  t.is(changed.status, 200)
  t.like(changed.body, { id: made.body.id, version: 2, specialtyName: 'Cardiology', clinicIds: [second.id] })
  t.deepEqual(changed.body.serviceIds, [])
  const hits = async (q: string) => (await send(world, 'GET', `/v1/doctors?q=${q}`)).body.items as unknown[]
  t.is((await hits('tamarind')).length, 1)
  t.is((await hits('banyan')).length, 0)
  const versions = (await waiting(world.database.pool, String(made.body.id))).map(
    ({ event }) => event.version,
  )
  t.deepEqual(versions, [1, 2])
})

test('the order of clinics is kept when it changes', async (t) => {
  const made = await create()
  const changed = await send(world, 'PUT', `/v1/doctors/${String(made.body.id)}`, {
    headers: admin({ 'if-match': '"1"' }),
    body: body({ clinicIds: [second.id, place.id] }),
  })
  t.deepEqual(changed.body.clinicIds, [second.id, place.id])
})

test('a change without If-Match is refused', async (t) => {
  const made = await create()
  const answer = await send(world, 'PUT', `/v1/doctors/${String(made.body.id)}`, {
    headers: admin(),
    body: body(),
  })
  t.is(answer.status, 428)
  t.like(answer.body, { code: 'DIRECTORY_IF_MATCH_MISSING', errors: [{ field: 'if-match' }] })
})

test('a change of a version that has passed is refused and told which one is current', async (t) => {
  const made = await create()
  const url = `/v1/doctors/${String(made.body.id)}`
  const change = async () => send(world, 'PUT', url, { headers: admin({ 'if-match': '"1"' }), body: body() })
  t.is((await change()).status, 200)
  const stale = await change()
  t.is(stale.status, 412)
  t.like(stale.body, { code: 'DIRECTORY_STALE', currentVersion: 2 })
  t.is((await waiting(world.database.pool, String(made.body.id))).length, 2)
})

test('of many changes of one version exactly one wins', async (t) => {
  const made = await create()
  const url = `/v1/doctors/${String(made.body.id)}`
  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, index) =>
      send(world, 'PUT', url, {
        headers: admin({ 'if-match': '"1"' }),
        body: body({ name: `Dr. Race ${index}`, clinicIds: index % 2 === 0 ? [place.id] : [second.id] }),
      }),
    ),
  )
  t.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 412, 412, 412, 412, 412, 412, 412])
  const winner = answers.find(({ status }) => status === 200)
  const stored = await send(world, 'GET', url, { headers: admin() })
  t.deepEqual(stored.body, winner?.body)
})

test('a malformed If-Match is refused', async (t) => {
  const made = await create()
  const answer = await send(world, 'POST', `/v1/doctors/${String(made.body.id)}/deactivate`, {
    headers: admin({ 'if-match': 'yesterday' }),
  })
  t.is(answer.status, 400)
  t.like(answer.body, { code: 'DIRECTORY_IF_MATCH_MALFORMED', errors: [{ field: 'if-match' }] })
})

test('If-Match * changes whatever version there is', async (t) => {
  const made = await create()
  const url = `/v1/doctors/${String(made.body.id)}`
  const answer = await send(world, 'PUT', url, { headers: admin({ 'if-match': '*' }), body: body() })
  t.is(answer.body.version, 2)
})

test('unknown references are named, all at once, and nothing is written', async (t) => {
  const id = randomUUID()
  const nowhere = randomUUID()
  const answer = await create({
    id,
    specialtyId: nowhere,
    clinicIds: [place.id, nowhere, closed.id],
    serviceIds: [nowhere],
  })
  t.is(answer.status, 422)
  t.is(answer.body.code, 'DIRECTORY_REFERENCE_INVALID')
  t.deepEqual(answer.body.errors, [
    { field: 'specialtyId', message: 'does not exist' },
    { field: 'clinicIds.1', message: 'does not exist' },
    { field: 'clinicIds.2', message: 'is not active' },
    { field: 'serviceIds.0', message: 'does not exist' },
  ])
  t.is((await send(world, 'GET', `/v1/doctors/${id}`)).status, 404)
  t.deepEqual(await waiting(world.database.pool, id), [])
})

test('a refused change of references leaves the doctor as it was', async (t) => {
  const made = await create()
  const url = `/v1/doctors/${String(made.body.id)}`
  const refused = await send(world, 'PUT', url, {
    headers: admin({ 'if-match': '"1"' }),
    body: body({ name: 'Dr. Other', clinicIds: [randomUUID()] }),
  })
  t.is(refused.status, 422)
  const stored = await send(world, 'GET', url, { headers: admin() })
  t.deepEqual(stored.body, made.body)
})

test('a doctor keeps a clinic that closes later', async (t) => {
  const closing = clinic({ name: 'Closing Clinic' })
  await plant(world.database.pool, { clinics: [closing] })
  const made = await create({ clinicIds: [closing.id] })
  const shut = await send(world, 'POST', `/v1/clinics/${closing.id}/deactivate`, {
    headers: admin({ 'if-match': '"1"' }),
  })
  t.like(shut.body, { active: false, version: 2 })
  const changed = await send(world, 'PUT', `/v1/doctors/${String(made.body.id)}`, {
    headers: admin({ 'if-match': '"1"' }),
    body: body({ name: 'Dr. Stays', clinicIds: [closing.id] }),
  })
  t.is(changed.status, 200)
})

test('a deactivated doctor leaves search, is still found by id, and comes back', async (t) => {
  const made = await create({ name: 'Dr. Sycamore 9' })
  const url = `/v1/doctors/${String(made.body.id)}`
  const hits = async () =>
    ((await send(world, 'GET', '/v1/doctors?q=sycamore')).body.items as unknown[]).length
  const off = await send(world, 'POST', `${url}/deactivate`, { headers: admin({ 'if-match': '"1"' }) })
  t.like(off.body, { active: false, version: 2 })
  t.is(await hits(), 0)
  t.is((await send(world, 'GET', url)).body.active, false)
  const on = await send(world, 'POST', `${url}/activate`, {
    headers: admin({ 'if-match': String(off.headers.etag) }),
  })
  t.like(on.body, { active: true, version: 3 })
  t.is(await hits(), 1)
  const told = await waiting(world.database.pool, String(made.body.id))
  t.deepEqual(
    told.map(({ event }) => event.data.active),
    [true, false, true],
  )
})

test('what is not there cannot be changed', async (t) => {
  const headers = admin({ 'if-match': '"1"' })
  const url = `/v1/doctors/${randomUUID()}`
  t.is((await send(world, 'PUT', url, { headers, body: body() })).status, 404)
  t.is((await send(world, 'POST', `${url}/deactivate`, { headers })).status, 404)
})
