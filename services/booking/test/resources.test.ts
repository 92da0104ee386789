import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { addResources, addService, call } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
let scan: string
let course: string
let rooms: string[]

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      scan = await addService(pieces, { room_kind: 'scan-room', device_kind: 'ultrasound' })
      course = await addService(pieces, { duration: '1 h', alignment: '1 h', capacity: 12 })
      rooms = await addResources(pieces, 'scan-room', 2)
      await addResources(pieces, 'ultrasound', 3)
    },
  })
  world.work()
  world.work()
})

interface View {
  id: string
  roomId?: string
  deviceId?: string
  sessionId?: string
  seat?: number
  code?: string
}

test('doctor, room and device are booked together', async (t) => {
  const body = { doctorId: world.people.doctors[0], serviceId: scan, start: world.slot(0) }
  const answer = await world.book(body, { as: world.people.patients[0] ?? '' })
  t.is(answer.statusCode, 201, answer.body)
  t.true(rooms.includes(answer.json<View>().roomId ?? ''))
  t.truthy(answer.json<View>().deviceId)
})

test('when every room is taken the doctor’s free time is of no use', async (t) => {
  const patients = world.people.patients.slice(10, 13)
  const answers = await Promise.all(
    patients.map((as, index) =>
      world.book({ doctorId: world.people.doctors[index], serviceId: scan, start: world.slot(3) }, { as }),
    ),
  )
  t.deepEqual(answers.map(({ statusCode }) => statusCode).sort(), [201, 201, 409])
  const loser = answers.find(({ statusCode }) => statusCode === 409)
  t.is(loser?.json<View>().code, 'BOOKING_ROOM_TAKEN')
})

test('in 200 races over two rooms and three devices no two visits share one, and none is left unused', async (t) => {
  const starts = Array.from({ length: 20 }, (_, n) => world.slot(n, 2))
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      world.book(
        { doctorId: world.people.doctors[n % 3], serviceId: scan, start: starts[Math.floor(n / 10)] },
        { as: world.people.patients[100 + n] ?? '' },
      ),
    ),
  )
  t.true(answers.every(({ statusCode }) => statusCode === 201 || statusCode === 409))
  // Two rooms and three doctors: two visits fit into each of the twenty times.
  t.is(answers.filter(({ statusCode }) => statusCode === 201).length, 40)
  const { rows } = await world.pool.query<{ shared: number }>(
    `SELECT count(*)::int AS shared FROM appointment a JOIN appointment b ON a.id < b.id AND a.blocked && b.blocked
       AND (a.room_id = b.room_id OR a.device_id = b.device_id OR a.doctor_id = b.doctor_id)
     WHERE a.active AND b.active AND a.service_id = $1 AND b.service_id = $1`,
    [scan],
  )
  t.is(rows[0]?.shared, 0)
})

test('of N + 50 who join a group visit of N at once, N have a seat each and the rest are told that it is full', async (t) => {
  const body = { doctorId: world.people.doctors[0], serviceId: course, start: world.slot(0, 4) }
  const answers = await Promise.all(
    world.people.patients.slice(400, 462).map((as) => world.book(body, { as })),
  )
  const joined = answers.filter(({ statusCode }) => statusCode === 201).map((answer) => answer.json<View>())
  t.is(joined.length, 12)
  t.is(new Set(joined.map(({ sessionId }) => sessionId)).size, 1)
  t.deepEqual(
    joined.map(({ seat }) => seat ?? 0).sort((a, b) => a - b),
    Array.from({ length: 12 }, (_, n) => n + 1),
  )
  const refused = answers.filter(({ statusCode }) => statusCode !== 201)
  t.true(refused.every((answer) => answer.json<View>().code === 'BOOKING_SESSION_FULL'))
})

test('a group visit keeps others from the doctor, and a seat given back is had by the next', async (t) => {
  const [doctorId] = world.people.doctors
  const [one = '', two = '', three = ''] = world.people.patients.slice(480)
  const body = { doctorId, serviceId: course, start: world.slot(0, 5) }
  const { id, seat } = (await world.book(body, { as: one })).json<View>()
  await world.book(body, { as: two })
  const solo = { doctorId, serviceId: world.people.consultation, start: world.slot(1, 5) }
  t.is((await world.book(solo, { as: three })).json<View>().code, 'BOOKING_SLOT_TAKEN')
  t.is((await call(world, 'POST', `/v1/appointments/${id}/cancel`, { as: one })).statusCode, 200)
  t.is((await world.book(solo, { as: three })).json<View>().code, 'BOOKING_SLOT_TAKEN')
  t.is((await world.book(body, { as: three })).json<View>().seat, seat)
})

test('staff may book over another visit with a reason; patients may not', async (t) => {
  const [doctor = ''] = world.people.doctors
  const [one = '', two = ''] = world.people.patients.slice(490)
  const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(0, 6) }
  await world.book(body, { as: one })
  const wish = { ...body, overbookReason: 'Urgent' }
  t.is((await world.book(wish, { as: two })).statusCode, 403)
  const squeezed = await world.book({ ...wish, patientId: two }, { as: doctor, role: 'doctor' })
  t.is(squeezed.statusCode, 201, squeezed.body)
  const url = `/v1/appointments/${squeezed.json<View>().id}/history`
  const { history } = (await call(world, 'GET', url, { as: doctor, role: 'doctor' })).json<{
    history: object[]
  }>()
  t.like(history[0], { overbookReason: 'Urgent' })
  t.false((await call(world, 'GET', url, { as: two })).body.includes('Urgent'))
  t.like(squeezed.json(), { overbooked: true })
  const twice = await world.book({ ...wish, patientId: one }, { as: doctor, role: 'doctor' })
  t.is(twice.json<View>().code, 'BOOKING_PATIENT_OVERLAP')
})

test('what staff book with a reason takes the doctor’s time where nothing was in the way', async (t) => {
  const [doctor = ''] = world.people.doctors
  const [one = '', two = ''] = world.people.patients.slice(492)
  const staff = { as: doctor, role: 'doctor' as const }
  const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(6, 6) }
  const urgent = { ...body, patientId: one, overbookReason: 'Urgent' }
  const booked = await world.book(urgent, staff)
  t.is(booked.statusCode, 201, booked.body)
  t.false('overbooked' in booked.json())
  t.is((await world.book(body, { as: two })).json<View>().code, 'BOOKING_SLOT_TAKEN')
  const url = `/v1/appointments/${booked.json<View>().id}`
  const start = world.slot(9, 6)
  const moved = await call(world, 'POST', `${url}/move`, {
    ...staff,
    body: { start, overbookReason: 'Later' },
  })
  t.is(moved.statusCode, 200, moved.body)
  t.is((await world.book({ ...body, start }, { as: two })).json<View>().code, 'BOOKING_SLOT_TAKEN')
  t.is((await world.book(body, { as: two })).statusCode, 201)
})

test('of two who book over each other at once with a reason, one has the time and the other is over it', async (t) => {
  const [doctor = ''] = world.people.doctors
  const staff = { as: doctor, role: 'doctor' as const }
  for (let n = 0; n < 10; n++) {
    const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(10 + n, 6) }
    const pair = world.people.patients.slice(700 + 2 * n, 702 + 2 * n)
    const answers = await Promise.all(
      pair.map((patientId) => world.book({ ...body, patientId, overbookReason: 'Urgent' }, staff)),
    )
    t.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [201, 201],
    )
    t.is(answers.filter((answer) => 'overbooked' in answer.json<object>()).length, 1)
  }
})

test('doctors book over visits in their own time only, never for themselves, and only where a doctor is named', async (t) => {
  const [doctor = '', other = ''] = world.people.doctors
  const [patientId = ''] = world.people.patients.slice(495)
  const wish = { serviceId: world.people.consultation, start: world.slot(3, 6), overbookReason: 'Urgent' }
  const asDoctor = { as: doctor, role: 'doctor' as const }
  t.is((await world.book({ ...wish, doctorId: other, patientId }, asDoctor)).statusCode, 403)
  t.is((await world.book({ ...wish, doctorId: doctor }, asDoctor)).statusCode, 403)
  t.is((await world.book({ ...wish, clinicId: world.people.clinic, patientId }, asDoctor)).statusCode, 400)
})

test('plain and special requests of one doctor are decided in the order in which they came', async (t) => {
  const [doctorId] = world.people.doctors
  const start = world.slot(3, 7)
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      world.book(
        { doctorId, serviceId: n % 2 === 0 ? scan : world.people.consultation, start },
        { as: world.people.patients[600 + n] ?? '' },
      ),
    ),
  )
  const { rows } = await world.pool.query<{ decision: string }>(
    `SELECT decision FROM booking_request WHERE doctor_id = $1 AND starts_at = $2 ORDER BY partition, stream_seq, batch_pos`,
    [doctorId, start],
  )
  t.deepEqual(
    rows.map(({ decision }) => decision),
    ['booked', ...Array.from({ length: 29 }, () => 'refused')],
  )
  t.is(answers.filter(({ statusCode }) => statusCode === 201).length, 1)
})
