import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import type { WaitlistEntry } from '../../src/waitlist/schemas.ts'
import { call } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async ({ pool, people }) => {
      await pool.query(
        `INSERT INTO doctor SELECT (jsonb_populate_record(d, jsonb_build_object('id', $2::text))).* FROM doctor d WHERE id = $1`,
        [people.doctors[0], idle],
      )
    },
  })
})

/** Works nowhere yet, like the first doctor in all else. */
const idle = randomUUID()

let used = 0
const somebody = () => world.people.patients[used++] ?? ''

interface Line {
  doctor: number
  day: number
}

const wish = ({ doctor, day }: Line, fields: object = {}) => ({
  ...{ serviceId: world.people.consultation, doctorId: world.people.doctors[doctor] },
  ...{ from: world.slot(-1, day), to: world.slot(1, day), ...fields },
})

const join = async (line: Line) => {
  const as = somebody()
  const answer = await call(world, 'POST', '/v1/waitlist', { as, body: wish(line) })
  return { as, id: answer.json<WaitlistEntry>().id }
}

test('the same key gives the same place, and another wish under it is refused', async (t) => {
  const [as, key] = [somebody(), randomUUID()]
  const send = (body: object) =>
    world.app.inject({
      ...{ method: 'POST', url: '/v1/waitlist', payload: body },
      headers: { authorization: `Bearer ${world.token(as)}`, 'idempotency-key': key },
    })
  const line = { doctor: 2, day: 8 }
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(wish(line))))
  t.is(new Set(answers.map((one) => one.json<{ id: string }>().id)).size, 1)
  t.is((await send(wish({ doctor: 2, day: 9 }))).statusCode, 422)
})

test('a place in line is the patient’s and the staff’s business only', async (t) => {
  const joined = await join({ doctor: 2, day: 7 })
  const nosy = somebody()
  for (const [method, path] of [
    ['GET', ''],
    ['POST', '/accept'],
    ['POST', '/decline'],
    ['DELETE', ''],
  ] as const)
    t.is((await call(world, method, `/v1/waitlist/${joined.id}${path}`, { as: nosy })).statusCode, 404)
  t.is((await call(world, 'GET', `/v1/waitlist?patientId=${joined.as}`, { as: nosy })).statusCode, 404)
  const list = async (as: string, role: 'patient' | 'doctor' | 'admin', query = '') => {
    const got = await call(world, 'GET', `/v1/waitlist${query}`, { as, role })
    return got.json<{ entries: WaitlistEntry[] }>().entries.map(({ id }) => id)
  }
  t.deepEqual(await list(joined.as, 'patient'), [joined.id])
  t.deepEqual(await list(nosy, 'patient'), [])
  t.true((await list(randomUUID(), 'admin')).includes(joined.id))
  const doctor = world.people.doctors[2] ?? ''
  t.true((await list(doctor, 'doctor', `?doctorId=${doctor}`)).includes(joined.id))
})

const past = { from: '2020-01-01T08:00:00Z', to: '2020-01-02T08:00:00Z' }

interface Wrong {
  fields: () => object
  status: number
  code: string
}

const refused = test.macro<[Wrong]>({
  exec: async (t, { fields, status, code }) => {
    const body = wish({ doctor: 0, day: 9 }, fields())
    const got = await call(world, 'POST', '/v1/waitlist', { as: somebody(), body })
    t.is(got.statusCode, status)
    t.like(got.json(), { code })
  },
  title: (given, { code }) => `${given ?? ''}: ${code}`,
})

test('waiting for anybody anywhere', refused, {
  ...{ fields: () => ({ doctorId: undefined }), status: 400, code: 'BOOKING_DOCTOR_MISSING' },
})
test('waiting for a doctor who is not there', refused, {
  ...{ fields: () => ({ doctorId: randomUUID() }), status: 422, code: 'BOOKING_NOBODY_OFFERS' },
})
test('a time that has begun can be waited for until it is over', async (t) => {
  const body = wish({ doctor: 2, day: 0 }, { from: new Date(Date.now() - 3_600_000).toISOString() })
  t.is((await call(world, 'POST', '/v1/waitlist', { as: somebody(), body })).statusCode, 201)
})
test('waiting for three months', refused, {
  ...{ fields: () => ({ to: world.slot(0, 99) }), status: 422, code: 'BOOKING_WAITLIST_RANGE' },
})
test('waiting for what is over', refused, {
  ...{ fields: () => past, status: 422, code: 'BOOKING_WAITLIST_PAST' },
})
test('an end before the start', refused, {
  ...{ fields: () => ({ to: world.slot(0, 1) }), status: 400, code: 'BOOKING_RANGE_INVALID' },
})
test('waiting for somebody else', refused, {
  ...{ fields: () => ({ patientId: world.people.patients[999] }), status: 403, code: 'BOOKING_FOR_OTHERS' },
})

const search = async (query: Record<string, string>, route = '/v1/slots') => {
  const asked = new URLSearchParams({ serviceId: world.people.consultation, ...query })
  const answer = await world.app.inject({ url: `${route}?${asked.toString()}` })
  return answer.json<{ slots: object[]; waitlist?: { from: string; to: string } }>()
}

test('a search that finds nothing offers the place in line, as it is sent', async (t) => {
  const { doctors, clinic } = world.people
  const night = { from: world.slot(31, 7), to: world.slot(-1, 8) }
  const filter = { doctorId: doctors[0] ?? '', clinicId: clinic }
  const { slots, waitlist } = await search({ ...filter, ...night })
  t.deepEqual(slots, [])
  t.deepEqual(waitlist as object, { serviceId: world.people.consultation, ...filter, ...night })
  const joined = await call(world, 'POST', '/v1/waitlist', { as: somebody(), body: waitlist ?? {} })
  t.is(joined.statusCode, 201, joined.body)
})

test('no place in line is offered where something is free, nothing can be booked, or the line knows no such wish', async (t) => {
  const [doctorId = ''] = world.people.doctors
  const night = { from: world.slot(31, 7), to: world.slot(-1, 8) }
  const free = await search({ doctorId, from: world.slot(0, 7), to: world.slot(30, 7) })
  t.true(free.slots.length > 0)
  const past = await search({ doctorId, from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' })
  const language = await search({ doctorId, language: 'xx', ...night })
  const ahead = await search({ doctorId, month: '2099-02' }, '/v1/slots/months')
  for (const { waitlist } of [free, past, language, ahead]) t.is(waitlist, undefined)
})

test('a month without anything free offers the place in line for what of it can be booked', async (t) => {
  const tomorrow = world.slot(0, 0)
  const before = new Date().toISOString()
  const { waitlist } = await search({ doctorId: idle, month: tomorrow.slice(0, 7) }, '/v1/slots/months')
  const { from = '', to = '' } = waitlist ?? {}
  t.true(before < from && from < to, `${from} ${to}`)
  t.like(waitlist, { serviceId: world.people.consultation, doctorId: idle })
})
