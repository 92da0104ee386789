import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
  world.work()
})

/** Each test has a patient and a doctor's day of its own. */
let used = 0
function fresh() {
  const n = used++
  const { people } = world
  return {
    patient: people.patients[n % people.patients.length] ?? '',
    doctor: people.doctors[n % 2] ?? '',
    day: Math.floor(n / 2) % 10,
  }
}

test('a free slot is booked and can be read back', async (t) => {
  const { patient, doctor, day } = fresh()
  const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(0, day) }
  const answer = await world.book(body, { as: patient })

  t.is(answer.statusCode, 201)
  const booked = answer.json<Record<string, unknown>>()
  t.like(booked, { ...body, status: 'booked', patientId: patient, clinicId: world.people.clinic, version: 1 })
  t.is(answer.headers.etag, '"1"')
  const read = await world.app.inject({
    url: String(answer.headers.location),
    headers: { authorization: `Bearer ${world.token(patient)}` },
  })
  t.deepEqual(read.json(), booked)
})

test('asking again with the same key gives the same answer and one appointment', async (t) => {
  const { patient, doctor, day } = fresh()
  const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(1, day) }
  const key = randomUUID()
  const first = await world.book(body, { as: patient, key })
  const second = await world.book(body, { as: patient, key })

  t.is(first.statusCode, 201)
  t.is(second.statusCode, 201)
  t.deepEqual(second.json(), first.json())
  const { rowCount } = await world.pool.query('SELECT 1 FROM appointment WHERE patient_id = $1', [patient])
  t.is(rowCount, 1)
})

test('the same key with another body is refused, whichever doctor it names', async (t) => {
  const { patient, doctor, day } = fresh()
  const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(2, day) }
  const key = randomUUID()
  t.is((await world.book(body, { as: patient, key })).statusCode, 201)

  for (const change of [
    { start: world.slot(3, day) },
    { doctorId: world.people.doctors[2] },
    { message: 'hello' },
  ]) {
    const answer = await world.book({ ...body, ...change }, { as: patient, key })
    t.is(answer.statusCode, 422)
    t.like(answer.json(), { code: 'BOOKING_KEY_REUSED' })
  }
})

test('the same key of two people is two requests', async (t) => {
  const { patient, doctor, day } = fresh()
  const { patient: other } = fresh()
  const key = randomUUID()
  const body = { doctorId: doctor, serviceId: world.people.consultation }
  t.is((await world.book({ ...body, start: world.slot(4, day) }, { as: patient, key })).statusCode, 201)
  t.is((await world.book({ ...body, start: world.slot(5, day) }, { as: other, key })).statusCode, 201)
})

test('a taken slot is told with at least three alternatives that can be booked', async (t) => {
  const { patient, doctor, day } = fresh()
  const { patient: late } = fresh()
  const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(6, day) }
  t.is((await world.book(body, { as: patient })).statusCode, 201)
  const answer = await world.book(body, { as: late })

  t.is(answer.statusCode, 409)
  const problem = answer.json<{
    code: string
    alternatives: { doctorId: string; serviceId: string; start: string }[]
  }>()
  t.is(problem.code, 'BOOKING_SLOT_TAKEN')
  t.true(problem.alternatives.length >= 3)
  const [best] = problem.alternatives
  const { doctorId, serviceId, start } = best ?? { doctorId: '', serviceId: '', start: '' }
  t.is((await world.book({ doctorId, serviceId, start }, { as: late })).statusCode, 201)
})

test('a patient is never in two places at once', async (t) => {
  const { patient, doctor, day } = fresh()
  const other = world.people.doctors[2] ?? ''
  const at = { serviceId: world.people.consultation, start: world.slot(7, day) }
  t.is((await world.book({ ...at, doctorId: doctor }, { as: patient })).statusCode, 201)
  const answer = await world.book({ ...at, doctorId: other }, { as: patient })
  t.is(answer.statusCode, 409)
  t.like(answer.json(), { code: 'BOOKING_PATIENT_OVERLAP' })
  const { alternatives } = answer.json<{ alternatives: { doctorId: string; start: string }[] }>()
  t.true(alternatives.length >= 3)
  t.false(
    alternatives.some(({ start }) => start === at.start),
    'no other place at that time',
  )
})

test('a thousand people who want one slot get one appointment and 999 clear answers', async (t) => {
  const { doctor, day } = fresh()
  const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(20, day) }
  const answers = await Promise.all(world.people.patients.map((as) => world.book(body, { as })))
  const statuses = Map.groupBy(answers, ({ statusCode }) => statusCode)
  t.is(statuses.get(201)?.length, 1)
  t.is(statuses.get(409)?.length, 999)
})

test('thirty losers in a row each book an alternative they were told', async (t) => {
  const { consultation, doctors, patients } = world.people
  const body = (n: number) => ({ doctorId: doctors[1], serviceId: consultation, start: world.slot(n, 8) })
  for (let n = 0; n < 30; n++) {
    // Taken by somebody, or as an alternative before.
    await world.book(body(n), { as: patients[500 + 2 * n] ?? '' })
    const as = patients[501 + 2 * n] ?? ''
    const lost = await world.book(body(n), { as })
    t.is(lost.statusCode, 409)
    const { alternatives } = lost.json<{ alternatives: { doctorId: string; start: string }[] }>()
    t.true(alternatives.length >= 3)
    const { doctorId, start } = alternatives[n % alternatives.length] ?? { doctorId: '', start: '' }
    t.is((await world.book({ doctorId, start, serviceId: consultation }, { as })).statusCode, 201)
  }
})

test('a service with approval waits in the lobby until the doctor says yes', async (t) => {
  const { patient } = fresh()
  const doctor = world.people.doctors[0] ?? ''
  const body = { doctorId: doctor, serviceId: world.people.procedure, start: world.slot(26, 9) }
  const asked = await world.book({ ...body, message: 'I have “questions”, {really}\n\\ok' }, { as: patient })
  t.is(asked.statusCode, 201)
  const { id, status, message } = asked.json<{ id: string; status: string; message: string }>()
  t.is(status, 'pending')

  const decide = (as: string, role: 'doctor' | 'patient', action: string) =>
    world.app.inject({
      method: 'POST',
      url: `/v1/appointments/${id}/${action}`,
      headers: { authorization: `Bearer ${world.token(as, role)}` },
      payload: {},
    })
  t.is((await decide(patient, 'patient', 'approve')).statusCode, 403)
  t.is((await decide(world.people.doctors[1] ?? '', 'doctor', 'approve')).statusCode, 404)
  const approved = await decide(doctor, 'doctor', 'approve')
  t.is(approved.statusCode, 200)
  t.like(approved.json(), { status: 'booked', version: 2, message })
  t.is((await decide(doctor, 'doctor', 'decline')).statusCode, 409)
})

test('a cancelled slot is free again and cancelling twice is the same as once', async (t) => {
  const { patient, doctor, day } = fresh()
  const { patient: next } = fresh()
  const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(8, day) }
  const { id } = (await world.book(body, { as: patient })).json<{ id: string }>()
  const cancel = (as: string, ifMatch?: string) =>
    world.app.inject({
      method: 'POST',
      url: `/v1/appointments/${id}/cancel`,
      headers: {
        authorization: `Bearer ${world.token(as)}`,
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      payload: { reason: 'feeling better' },
    })
  const cancelAgain = () =>
    world.app.inject({
      method: 'POST',
      url: `/v1/appointments/${id}/cancel`,
      headers: { authorization: `Bearer ${world.token(patient)}` },
    })
  t.is((await cancel(next)).statusCode, 404)
  t.is((await cancel(patient, '"7"')).statusCode, 412)
  t.like((await cancel(patient, '"1"')).json(), { status: 'cancelled', version: 2 })
  t.like((await cancelAgain()).json(), { status: 'cancelled', version: 2 })
  t.is((await world.book(body, { as: next })).statusCode, 201)
  const { rows } = await world.pool.query<{ event: string }>(
    `SELECT event FROM outbox WHERE subject = 'appointment.cancelled.' || $1 || '.' || $2`,
    [doctor, patient],
  )
  t.is(rows.length, 1)
  t.false(rows[0]?.event.includes('feeling better'))
})

test('a caller in no hurry gets 202 and finds the decision later', async (t) => {
  const { patient, doctor, day } = fresh()
  const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(9, day) }
  const key = randomUUID()
  const answer = await world.book(body, { as: patient, key, prefer: 'respond-async, wait=0' })
  t.true([201, 202].includes(answer.statusCode))
  const { id } = answer.json<{ id: string }>()
  // Asking again with the key waits for the decision.
  t.is((await world.book(body, { as: patient, key })).statusCode, 201)
  const found = await world.app.inject({
    url: `/v1/booking-requests/${id}`,
    headers: { authorization: `Bearer ${world.token(patient)}` },
  })
  t.like(found.json(), { decision: 'booked', appointmentId: id })
})

test('another patient’s appointment and request do not exist for me', async (t) => {
  const { patient, doctor, day } = fresh()
  const { patient: nosy } = fresh()
  const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(10, day) }
  const { id } = (await world.book(body, { as: patient })).json<{ id: string }>()
  const headers = { authorization: `Bearer ${world.token(nosy)}` }
  t.is((await world.app.inject({ url: `/v1/appointments/${id}`, headers })).statusCode, 404)
  t.is((await world.app.inject({ url: `/v1/booking-requests/${id}`, headers })).statusCode, 404)
  t.is((await world.app.inject({ url: `/v1/appointments?patientId=${patient}`, headers })).statusCode, 404)
  const own = await world.app.inject({ url: '/v1/appointments', headers })
  t.false(own.json<{ appointments: { id: string }[] }>().appointments.some((one) => one.id === id))
})

test('a patient may not book for another; a doctor may', async (t) => {
  const { patient, doctor, day } = fresh()
  const { patient: other } = fresh()
  const body = {
    doctorId: doctor,
    serviceId: world.people.consultation,
    start: world.slot(11, day),
    patientId: other,
  }
  const refused = await world.book(body, { as: patient })
  t.is(refused.statusCode, 403)
  t.like(refused.json(), { code: 'BOOKING_FOR_OTHERS', errors: [{ field: 'patientId' }] })
  t.is((await world.book(body, { as: doctor, role: 'doctor' })).statusCode, 201)
})

interface Refusal {
  change: (world: World) => object
  code: string
  field: string
}

const refuses = test.macro<[Refusal]>({
  exec: async (t, { change, code, field }) => {
    const { people } = world
    const body = {
      doctorId: people.doctors[1],
      serviceId: people.consultation,
      start: world.slot(15, 8),
      ...change(world),
    }
    const counts = 'SELECT (SELECT count(*) FROM appointment WHERE patient_id = $1) AS a'
    const patient = people.patients[59] ?? ''
    const answer = await world.book(body, { as: patient })
    t.is(answer.statusCode, 422)
    t.like(answer.json(), { code, errors: [{ field }] })
    t.deepEqual((await world.pool.query(counts, [patient])).rows, [{ a: '0' }])
  },
  title: (given, { code }) => `${given ?? ''}${code} is told by name and nothing is booked`,
})

const past = () => `${new Date(Date.now() - 3_600_000).toISOString().slice(0, 14)}00:00Z`
test(refuses, {
  change: () => ({ doctorId: randomUUID() }),
  code: 'BOOKING_DOCTOR_UNKNOWN',
  field: 'doctorId',
})
test(refuses, {
  change: (w) => ({ doctorId: w.people.doctors[3] }),
  code: 'BOOKING_DOCTOR_INACTIVE',
  field: 'doctorId',
})
test(refuses, {
  change: () => ({ serviceId: randomUUID() }),
  code: 'BOOKING_SERVICE_UNKNOWN',
  field: 'serviceId',
})
test(refuses, {
  change: (w) => ({ serviceId: w.people.procedure }),
  code: 'BOOKING_SERVICE_NOT_OFFERED',
  field: 'serviceId',
})
test(refuses, { change: () => ({ start: past() }), code: 'BOOKING_IN_THE_PAST', field: 'start' })
test(refuses, { change: (w) => ({ start: w.slot(15, 60) }), code: 'BOOKING_BEYOND_HORIZON', field: 'start' })
test(refuses, { change: (w) => ({ start: w.slot(-3, 8) }), code: 'BOOKING_OUTSIDE_WINDOW', field: 'start' })
test('a visit that would end late: ', refuses, {
  change: (w) => ({ start: w.slot(29.5, 8) }),
  code: 'BOOKING_OUTSIDE_WINDOW',
  field: 'start',
})
test(refuses, { change: (w) => ({ start: w.slot(1.5, 8) }), code: 'BOOKING_OFF_GRID', field: 'start' })

test('an unknown patient is told by name', async (t) => {
  const { doctor, day } = fresh()
  const body = {
    doctorId: doctor,
    serviceId: world.people.consultation,
    start: world.slot(12, day),
    patientId: randomUUID(),
  }
  const answer = await world.book(body, { as: doctor, role: 'doctor' })
  t.is(answer.statusCode, 422)
  t.like(answer.json(), { code: 'BOOKING_PATIENT_UNKNOWN', errors: [{ field: 'patientId' }] })
})

test('a replay is answered from the record even when the start has passed the rules since', async (t) => {
  const { patient, doctor, day } = fresh()
  const body = { doctorId: doctor, serviceId: world.people.consultation, start: world.slot(13, day) }
  const key = randomUUID()
  t.is((await world.book(body, { as: patient, key })).statusCode, 201)
  const { rows } = await world.pool.query<{ n: string }>(
    'SELECT count(*) AS n FROM booking_request WHERE patient_id = $1 AND decision = $2',
    [patient, 'booked'],
  )
  t.is(rows[0]?.n, '1')
})
