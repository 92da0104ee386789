import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { encodeBatch } from '../src/intake/encoding.ts'
import { compareWithLog } from '../src/store/compare-with-log.ts'
import { addService, call } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
let asking: string

const FIELDS = [
  { key: 'weeks', label: 'Which week is it?', kind: 'number', required: true },
  { key: 'side', label: 'Which side?', kind: 'choice', options: ['left', 'right'] },
  { key: 'allergies', label: 'Any allergies?', kind: 'text', maxLength: 50 },
]

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      const request_fields = JSON.stringify(FIELDS)
      asking = await addService(pieces, { approval: 'manual', request_fields })
    },
  })
  world.work()
})

interface View {
  id: string
  status: string
  code?: string
  answers?: { key: string; label: string; value: unknown }[]
}

let used = 0
/** A slot and a patient that nobody else of these tests has. */
function fresh() {
  const n = used++
  const [doctorId = '', patient = ''] = [world.people.doctors[n % 3], world.people.patients[n]]
  return { patient, body: { doctorId, serviceId: asking, start: world.slot(Math.floor(n / 3)) } }
}

/** Everything that a request may leave behind. */
async function traces(): Promise<unknown> {
  const tables = ['booking_request', 'appointment', 'appointment_event', 'outbox']
  const counts = tables.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`)
  const { rows } = await world.pool.query(`SELECT ${counts.join(', ')}`)
  return rows[0]
}

const GIVEN = { weeks: 20, allergies: 'Penicillin; "quoted", {braces} and \\ too' }
const KEPT = [
  { key: 'weeks', label: 'Which week is it?', value: 20 },
  { key: 'allergies', label: 'Any allergies?', value: GIVEN.allergies },
]

test.serial('answers go with the request, and patient and doctor read them with the questions', async (t) => {
  const { patient, body } = fresh()
  const booked = await world.book({ ...body, answers: GIVEN }, { as: patient })
  t.is(booked.statusCode, 201, booked.body)
  t.like(booked.json<View>(), { status: 'pending' })
  t.deepEqual(booked.json<View>().answers, KEPT)

  const { id } = booked.json<View>()
  const url = `/v1/appointments/${id}`
  t.deepEqual((await call(world, 'GET', url, { as: patient })).json<View>().answers, KEPT)
  const doctor = { as: body.doctorId, role: 'doctor' as const }
  const lobby = await call(world, 'GET', '/v1/appointments?status=pending', doctor)
  const inLobby = lobby.json<{ appointments: View[] }>().appointments.find((one) => one.id === id)
  t.deepEqual(inLobby?.answers, KEPT)
  const other = await call(world, 'GET', url, { as: world.people.patients[900] ?? '' })
  t.is(other.statusCode, 404)
  t.false(other.body.includes('Penicillin'))
  // A decision leaves them.
  const approved = await call(world, 'POST', `${url}/approve`, { ...doctor, body: {} })
  t.deepEqual(approved.json<View>().answers, KEPT)
})

test.serial('answers stay out of events, and the log makes the record with them again', async (t) => {
  const { patient, body } = fresh()
  const secret = `secret ${randomUUID().slice(0, 8)}`
  const booked = await world.book({ ...body, answers: { weeks: 1, allergies: secret } }, { as: patient })
  t.is(booked.statusCode, 201)
  const { rows } = await world.pool.query<{ told: number; kept: number }>(
    `SELECT (SELECT count(*)::int FROM outbox WHERE event LIKE $1) AS told,
       (SELECT count(*)::int FROM appointment WHERE answers::text LIKE $1) AS kept`,
    [`%${secret}%`],
  )
  t.deepEqual(rows[0], { told: 0, kept: 1 })
  const client = await world.pool.connect()
  try {
    const compared = await compareWithLog(client)
    t.like(compared, { different: 0, gaps: 0 })
    t.is(compared.record, compared.rebuilt)
  } finally {
    client.release()
  }
})

const WRONG: [string, unknown, string][] = [
  ['nothing', undefined, 'answers.weeks'],
  ['no answer to what is required', { side: 'left' }, 'answers.weeks'],
  ['an answer to what is not asked', { weeks: 1, height: 170 }, 'answers.height'],
  ['a number in words', { weeks: '20' }, 'answers.weeks'],
  ['what there is not to choose', { weeks: 1, side: 'up' }, 'answers.side'],
  ['words that are too long', { weeks: 1, allergies: 'x'.repeat(51) }, 'answers.allergies'],
  ['a list', { weeks: [1] }, 'answers.weeks'],
]
for (const [name, answers, field] of WRONG) {
  test.serial(`${name} is refused, naming the question, and nothing is written`, async (t) => {
    const { patient, body } = fresh()
    const before = await traces()
    const calls = [
      { ...body, answers },
      { serviceId: body.serviceId, start: body.start, specialtyId: world.people.specialty, answers },
    ]
    for (const asked of calls) {
      const answer = await world.book(asked, { as: patient })
      t.is(answer.statusCode, 422, answer.body)
      t.like(answer.json(), { code: 'BOOKING_ANSWER_INVALID', errors: { 0: { field } } })
    }
    t.deepEqual(await traces(), before)
  })
}

test.serial('a service that asks nothing takes no answers, and its requests carry none', async (t) => {
  const { patient, body } = fresh()
  const plain = { ...body, serviceId: world.people.consultation }
  const refused = await world.book({ ...plain, answers: { weeks: 1 } }, { as: patient })
  t.is(refused.statusCode, 422)
  t.like(refused.json(), { code: 'BOOKING_ANSWER_INVALID', errors: { 0: { field: 'answers.weeks' } } })
  const taken = await world.book({ ...plain, answers: {} }, { as: patient })
  t.is(taken.statusCode, 201)
  t.false('answers' in taken.json<View>())
  const request = { ...plain, id: randomUUID(), patientId: patient, principalId: patient, startSeconds: 0 }
  const message = encodeBatch('r', 1, [{ ...request, fingerprint: randomUUID(), traceparent: '' }])
  t.false('extras' in (JSON.parse(message) as object))
})

test.serial('a hold becomes an appointment with answers, and not without', async (t) => {
  const { patient, body } = fresh()
  const held = await call(world, 'POST', '/v1/holds', { as: patient, body })
  const holdId = held.json<View>().id
  const refused = await world.book({ ...body, holdId }, { as: patient })
  t.is(refused.statusCode, 422)
  const booked = await world.book({ ...body, holdId, answers: GIVEN }, { as: patient })
  t.is(booked.statusCode, 201, booked.body)
  const read = await call(world, 'GET', `/v1/appointments/${holdId}`, { as: patient })
  t.deepEqual(read.json<View>().answers, KEPT)
})

test.serial('any doctor who is free gets the answers', async (t) => {
  const { patient, body } = fresh()
  const anyone = {
    serviceId: body.serviceId,
    start: world.slot(3, 3),
    specialtyId: world.people.specialty,
    answers: GIVEN,
  }
  const booked = await world.book(anyone, { as: patient })
  t.is(booked.statusCode, 201, booked.body)
  const read = await call(world, 'GET', `/v1/appointments/${booked.json<View>().id}`, { as: patient })
  t.deepEqual(read.json<View>().answers, KEPT)
})

test.serial('a key answers the same answers in any order alike, and refuses others', async (t) => {
  const { patient, body } = fresh()
  const key = randomUUID()
  const first = await world.book({ ...body, answers: { weeks: 3, side: 'left' } }, { as: patient, key })
  const again = await world.book({ ...body, answers: { side: 'left', weeks: 3 } }, { as: patient, key })
  t.is(first.statusCode, 201, first.body)
  t.is(again.statusCode, 201, again.body)
  t.is(again.json<View>().id, first.json<View>().id)
  t.deepEqual(again.json<View>().answers, first.json<View>().answers)
  const other = await world.book({ ...body, answers: { weeks: 4, side: 'left' } }, { as: patient, key })
  t.is(other.statusCode, 422)
  t.like(other.json(), { code: 'BOOKING_KEY_REUSED' })
})

test.serial('every visit of a series has the answers; a series without them holds nothing', async (t) => {
  const { patient, body } = fresh()
  const { doctorId, serviceId } = body
  const series = { doctorId, serviceId, starts: [world.slot(25, 1), world.slot(25, 2)] }
  const before = await traces()
  const refused = await call(world, 'POST', '/v1/series', { as: patient, body: series })
  t.is(refused.statusCode, 422, refused.body)
  t.like(refused.json(), { code: 'BOOKING_ANSWER_INVALID', errors: { 0: { field: 'answers.weeks' } } })
  t.deepEqual(await traces(), before)
  const booked = await call(world, 'POST', '/v1/series', { as: patient, body: { ...series, answers: GIVEN } })
  t.is(booked.statusCode, 201, booked.body)
  const read = await call(world, 'GET', `/v1/series/${booked.json<View>().id}`, { as: patient })
  t.deepEqual(
    read.json<{ visits: View[] }>().visits.map(({ answers }) => answers),
    [KEPT, KEPT],
  )
})
