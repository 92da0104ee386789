import { randomUUID } from 'node:crypto'

import { PatientsChanged } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'
import { Check } from 'typebox/value'

import { waiting } from './helpers/outbox.ts'
import { send } from './helpers/send.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

const admin = (more: Record<string, string> = {}) => ({ ...world.as('admin'), ...more })

async function newPatient(fields: object = {}): Promise<{ id: string; url: string }> {
  const body = { name: 'Patient A', birthYear: 1990, email: 'a@example.org', ...fields }
  const made = await send(world, 'POST', '/v1/patients', { headers: admin(), body })
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  return { id: String(made.body.id), url: `/v1/patients/${String(made.body.id)}` }
}

test('an admin makes a patient, and the others are told without personal data', async (t) => {
  const { id, url } = await newPatient()
  const stored = await send(world, 'GET', url, { headers: admin() })
  t.deepEqual(stored.body, {
    id,
    version: 1,
    active: true,
    name: 'Patient A',
    birthYear: 1990,
    email: 'a@example.org',
    phone: null,
  })
  const [told] = await waiting(world.database.pool, id)
  t.is(told?.subject, `directory.patients.${id}`)
  t.true(Check(PatientsChanged, told?.event.data))
  t.deepEqual(told?.event.data, { patients: [{ id, version: 1, active: true }] })
})

test('a patient reads the own record, and nobody keeps a copy for others', async (t) => {
  const { id, url } = await newPatient()
  const own = await send(world, 'GET', url, { headers: world.as('patient', id) })
  t.is(own.status, 200)
  t.is(own.headers['cache-control'], 'private, no-cache')
  const headers = { ...world.as('patient', id), 'if-none-match': String(own.headers.etag) }
  t.is((await send(world, 'GET', url, { headers })).status, 304)
})

test("another patient's record is not there, no more than one that does not exist", async (t) => {
  const { url } = await newPatient()
  const headers = world.as('patient')
  const hidden = await send(world, 'GET', url, { headers })
  const missing = await send(world, 'GET', `/v1/patients/${randomUUID()}`, { headers })
  t.is(hidden.status, 404)
  t.is(missing.status, 404)
  t.is(hidden.body.code, missing.body.code)
  t.is(hidden.body.title, missing.body.title)
})

test("another patient's record cannot be changed either", async (t) => {
  const { id, url } = await newPatient()
  const answer = await send(world, 'PATCH', url, {
    headers: { ...world.as('patient'), 'if-match': '*' },
    body: { email: 'thief@example.org' },
  })
  t.is(answer.status, 404)
  t.is((await waiting(world.database.pool, id)).length, 1)
})

test('a doctor reads patients but does not change them', async (t) => {
  const { url } = await newPatient()
  t.is((await send(world, 'GET', url, { headers: world.as('doctor') })).status, 200)
  const headers = { ...world.as('doctor'), 'if-match': '"1"' }
  t.is((await send(world, 'PATCH', url, { headers, body: { phone: null } })).status, 403)
})

test('a doctor who is a patient too changes only the own record', async (t) => {
  const mine = await newPatient()
  const other = await newPatient()
  const headers = { ...world.as(['doctor', 'patient'], mine.id), 'if-match': '"1"' }
  const body = { phone: '+55 27 0000-0009' }
  t.is((await send(world, 'PATCH', mine.url, { headers, body })).status, 200)
  t.is((await send(world, 'PATCH', other.url, { headers, body })).status, 404)
})

test('a patient changes one way of being reached and keeps the other', async (t) => {
  const { id, url } = await newPatient()
  const me = world.as('patient', id)
  const phoned = await send(world, 'PATCH', url, {
    headers: { ...me, 'if-match': '"1"' },
    body: { phone: '+55 27 0000-0001' },
  })
  t.like(phoned.body, { version: 2, email: 'a@example.org', phone: '+55 27 0000-0001' })
  const cleared = await send(world, 'PATCH', url, {
    headers: { ...me, 'if-match': String(phoned.headers.etag) },
    body: { email: null },
  })
  t.like(cleared.body, { version: 3, email: null, phone: '+55 27 0000-0001' })
  t.deepEqual(
    (await waiting(world.database.pool, id)).map(({ event }) => event.version),
    [1, 2, 3],
  )
})

test('a patient does not change the own name', async (t) => {
  const { id, url } = await newPatient()
  const headers = { ...world.as('patient', id), 'if-match': '"1"' }
  const answer = await send(world, 'PATCH', url, { headers, body: { name: 'Somebody Else' } })
  t.is(answer.status, 400)
  t.like(answer.body, { errors: [{ field: 'name' }] })
})

test('a change says which version it is for', async (t) => {
  const { id, url } = await newPatient()
  const me = world.as('patient', id)
  t.is((await send(world, 'PATCH', url, { headers: me, body: { phone: null } })).status, 428)
  const stale = { ...me, 'if-match': '"7"' }
  t.is((await send(world, 'PATCH', url, { headers: stale, body: { phone: null } })).status, 412)
})

test('a patient is switched off and on, and booking is told', async (t) => {
  const { id, url } = await newPatient()
  const off = await send(world, 'POST', `${url}/deactivate`, { headers: admin({ 'if-match': '"1"' }) })
  t.like(off.body, { active: false, version: 2 })
  const on = await send(world, 'POST', `${url}/activate`, { headers: admin({ 'if-match': '"2"' }) })
  t.like(on.body, { active: true, version: 3 })
  t.deepEqual(
    (await waiting(world.database.pool, id)).map(({ event }) => event.data),
    [true, false, true].map((active, index) => ({ patients: [{ id, version: index + 1, active }] })),
  )
})

test('an id is taken once', async (t) => {
  const { id } = await newPatient()
  const again = await send(world, 'POST', '/v1/patients', {
    headers: admin(),
    body: { id, name: 'Patient B' },
  })
  t.is(again.status, 409)
})
