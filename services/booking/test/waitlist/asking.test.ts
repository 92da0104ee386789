import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import type { WaitlistEntry } from '../../src/waitlist/schemas.ts'
import { call } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

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
test('waiting for three months', refused, {
  ...{ fields: () => ({ to: world.slot(0, 99) }), status: 422, code: 'BOOKING_WAITLIST_RANGE' },
})
test('an end before the start', refused, {
  ...{ fields: () => ({ to: world.slot(0, 1) }), status: 400, code: 'BOOKING_RANGE_INVALID' },
})
test('waiting for somebody else', refused, {
  ...{ fields: () => ({ patientId: world.people.patients[999] }), status: 403, code: 'BOOKING_FOR_OTHERS' },
})
