import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { chooseDoctor } from '../src/domain/any-doctor.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
  world.work()
})

/** Any doctor of the specialty that doctors 0 and 1 share. */
const wish = (slot: number, day: number) => ({
  specialtyId: world.people.specialty,
  serviceId: world.people.consultation,
  start: world.slot(slot, day),
})

const doctorOf = (answer: { json: () => unknown }) => (answer.json() as { doctorId: string }).doctorId

async function appointmentsAt(start: string): Promise<{ doctor_id: string }[]> {
  const { rows } = await world.pool.query<{ doctor_id: string }>(
    'SELECT doctor_id FROM appointment WHERE lower(visit) = $1',
    [start],
  )
  return rows
}

test('a patient who names no doctor gets one of the specialty, and the next one the other', async (t) => {
  const [first, second, third] = world.people.patients
  const answers = [
    await world.book(wish(0, 0), { as: first ?? '' }),
    await world.book(wish(0, 0), { as: second ?? '' }),
  ]
  t.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [201, 201],
  )
  t.deepEqual(answers.map(doctorOf).sort(), world.people.doctors.slice(0, 2).sort())

  const late = await world.book(wish(0, 0), { as: third ?? '' })
  t.is(late.statusCode, 409)
  t.like(late.json(), { code: 'BOOKING_SLOT_TAKEN' })
  t.true(late.json<{ alternatives: unknown[] }>().alternatives.length >= 3)
})

test('any doctor of a city is had however the city is written', async (t) => {
  const [as = ''] = world.people.patients
  const answer = await world.book({ ...wish(0, 8), specialtyId: undefined, city: 'vitoria' }, { as })
  t.is(answer.statusCode, 201, answer.body)
})

test('visits are shared out: twenty in a row leave both doctors with ten', async (t) => {
  const [patient = ''] = world.people.patients
  const doctors: string[] = []
  for (let n = 0; n < 20; n++) {
    const answer = await world.book(wish(n, 1), { as: patient })
    t.is(answer.statusCode, 201)
    doctors.push(doctorOf(answer))
  }
  const counts = Map.groupBy(doctors, (doctor) => doctor)
  t.deepEqual(
    world.people.doctors.slice(0, 2).map((doctor) => counts.get(doctor)?.length),
    [10, 10],
  )
})

test('only a doctor who offers the service is chosen', async (t) => {
  const [patient = ''] = world.people.patients
  const procedure = { ...wish(0, 2), serviceId: world.people.procedure }
  const answer = await world.book(procedure, { as: patient })
  t.is(answer.statusCode, 201)
  t.is(doctorOf(answer), world.people.doctors[0] ?? '')
})

test('a hundred at once who name no doctor: nobody is booked twice, and no free doctor is left over', async (t) => {
  const { people } = world
  const slots = [10, 12, 14, 16, 18]
  // Everybody asks for one slot in a day of their own group, so that only the doctors are fought over.
  const asks = slots.flatMap((slot) =>
    people.patients.slice(0, 20).map((as) => ({ as, body: wish(slot, 3) })),
  )
  const answers = await Promise.all(asks.map(async ({ as, body }) => world.book(body, { as })))
  const codes = Map.groupBy(answers, ({ statusCode }) => statusCode)
  t.is(codes.get(201)?.length, 2 * slots.length)
  t.is(codes.get(409)?.length, 100 - 2 * slots.length)
  for (const slot of slots) {
    const booked = await appointmentsAt(world.slot(slot, 3))
    t.deepEqual(booked.map((row) => row.doctor_id).sort(), people.doctors.slice(0, 2).sort())
  }
})

test('asking again with the same key gives the same appointment, though its doctor is busy now', async (t) => {
  const [, , patient = ''] = world.people.patients
  const key = randomUUID()
  const first = await world.book(wish(0, 4), { as: patient, key })
  t.is(first.statusCode, 201)
  const again = await world.book(wish(0, 4), { as: patient, key })
  t.is(again.statusCode, 201)
  t.deepEqual(again.json(), first.json())
  t.is((await appointmentsAt(world.slot(0, 4))).length, 1)

  // Also once nobody is free any more.
  t.is((await world.book(wish(0, 4), { as: world.people.patients[3] ?? '' })).statusCode, 201)
  t.deepEqual((await world.book(wish(0, 4), { as: patient, key })).json(), first.json())
})

test('a key is for one order: with a doctor named, or another filter, it is refused', async (t) => {
  const [patient = ''] = world.people.patients
  const key = randomUUID()
  const body = wish(3, 4)
  const unnamed = { ...body, specialtyId: undefined }
  t.is((await world.book(body, { as: patient, key })).statusCode, 201)
  for (const other of [
    { ...unnamed, doctorId: world.people.doctors[0] },
    { ...unnamed, city: 'Vitória' },
    { ...body, message: 'hello' },
  ]) {
    const answer = await world.book(other, { as: patient, key })
    t.is(answer.statusCode, 422, answer.body)
    t.like(answer.json(), { code: 'BOOKING_KEY_REUSED' })
  }
})

test('a patient who is elsewhere then is told so, and no second doctor is tried', async (t) => {
  const [patient = ''] = world.people.patients
  t.is((await world.book(wish(6, 5), { as: patient })).statusCode, 201)
  const answer = await world.book(wish(6, 5), { as: patient })
  t.is(answer.statusCode, 409)
  t.like(answer.json(), { code: 'BOOKING_PATIENT_OVERLAP' })
  const { rows } = await world.pool.query(
    `SELECT 1 FROM booking_request WHERE patient_id = $1 AND starts_at = $2`,
    [patient, world.slot(6, 5)],
  )
  t.is(rows.length, 2)
})

const bad = [
  {
    title: 'neither a doctor nor where to look for one',
    change: { specialtyId: undefined },
    code: 'BOOKING_DOCTOR_MISSING',
  },
  {
    title: 'a doctor and a city',
    change: { doctorId: randomUUID(), city: 'Vitória' },
    code: 'BOOKING_DOCTOR_MISSING',
  },
  { title: 'an unknown specialty', change: { specialtyId: randomUUID() }, code: 'BOOKING_NOBODY_OFFERS' },
  { title: 'an unknown city', change: { city: 'Atlantis' }, code: 'BOOKING_NOBODY_OFFERS' },
  { title: 'an unknown service', change: { serviceId: randomUUID() }, code: 'BOOKING_SERVICE_UNKNOWN' },
  { title: 'the past', change: { start: '2020-01-01T08:00:00Z' }, code: 'BOOKING_IN_THE_PAST' },
]
for (const { title, change, code } of bad) {
  test(`any doctor with ${title} is refused as ${code}, and nothing is written`, async (t) => {
    const as = world.people.patients[50] ?? ''
    const answer = await world.book({ ...wish(0, 6), ...change }, { as })
    t.true(answer.statusCode === 400 || answer.statusCode === 422)
    t.like(answer.json(), { code })
    const { rowCount } = await world.pool.query('SELECT 1 FROM booking_request WHERE patient_id = $1', [as])
    t.is(rowCount, 0)
  })
}

test('who names a doctor and a clinic, or a reason without a doctor, is told what to leave out or to send', async (t) => {
  const as = world.people.patients[51] ?? ''
  const both = await world.book({ ...wish(0, 6), doctorId: world.people.doctors[0] }, { as })
  t.regex(both.json<{ detail: string }>().detail, /leave specialtyId, clinicId, city and language out/)
  const reason = await world.book({ ...wish(0, 6), overbookReason: 'Urgent' }, { as })
  t.regex(reason.json<{ detail: string }>().detail, /send the doctorId/)
})

test('any doctor at night, or between two starts, is refused with the reason', async (t) => {
  const night = await world.book({ ...wish(0, 6), start: world.slot(40, 6) })
  t.like(night.json(), { status: 422, code: 'BOOKING_OUTSIDE_WINDOW' })
  const start = world.slot(0, 6).replace(':00:00Z', ':07:00Z')
  const between = await world.book({ ...wish(0, 6), start })
  t.like(between.json(), { status: 422, code: 'BOOKING_OFF_GRID' })
})

test('who is asked for the least now is chosen, then who has the fewest visits, then whom chance takes', (t) => {
  const window = (doctorId: string, visits: number) => ({
    doctorId,
    clinicId: 'c',
    start: 0,
    end: 36_000,
    busy: Array.from({ length: visits }, (_, n) => ({ start: n * 1_200, end: (n + 1) * 1_200 })),
  })
  const shape = { id: 's', duration: 1_200, bufferBefore: 0, bufferAfter: 0, alignment: 1_200, capacity: 1 }
  const choose = (waiting: Record<string, number>, random: number) =>
    chooseDoctor({
      windows: [window('a', 2), window('b', 1), window('c', 1)],
      shape,
      start: 12_000,
      waiting: (id) => waiting[id] ?? 0,
      random: () => random,
    })
  t.deepEqual(choose({}, 0), { doctorId: 'b' })
  t.deepEqual(choose({}, 0.99), { doctorId: 'c' })
  t.deepEqual(choose({ b: 1, c: 1 }, 0.5), { doctorId: 'a' })
  t.deepEqual(choose({ b: 1 }, 0), { doctorId: 'c' })
})
