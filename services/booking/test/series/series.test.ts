import { randomUUID } from 'node:crypto'

import type { Role } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import type { Occurrence, VisitOutcome } from '../../src/series/schemas.ts'
import { addService, call } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
/** Up to three hundred days ahead. */
let antenatal: string
let limited: string

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      antenatal = await addService(pieces, { horizon: '300 d' })
      limited = await addService(pieces, { horizon: '300 d', max_open: 3 })
      // Ninety days more.
      await pieces.pool.query(
        `INSERT INTO doctor_window
         SELECT doctor_id, starts_at + make_interval(days => 10 * n), ends_at + make_interval(days => 10 * n), clinic_id
         FROM doctor_window, generate_series(1, 9) n`,
      )
    },
  })
  world.work()
})

interface Answer {
  id: string
  visits: VisitOutcome[]
  code: string
}

let used = 0
/** A patient of the test's own. */
const somebody = () => world.people.patients[used++] ?? ''

const weekly = (n: number, count = 12) => ({ first: world.slot(n), rrule: `FREQ=WEEKLY;COUNT=${count}` })
const body = (doctor: number, fields: object) => ({
  ...{ doctorId: world.people.doctors[doctor], serviceId: antenatal },
  ...fields,
})

interface Ask {
  as: string
  role?: Role
  key?: string
  body: object
}

const ask = async ({ as, role = 'patient', key = randomUUID(), body: payload }: Ask) => {
  const answer = await world.app.inject({
    method: 'POST',
    url: '/v1/series',
    headers: { authorization: `Bearer ${world.token(as, role)}`, 'idempotency-key': key },
    payload,
  })
  return { status: answer.statusCode, ...answer.json<Answer>() }
}

const preview = async (as: string, payload: object) => {
  const answer = await call(world, 'POST', '/v1/series/preview', { as, body: payload })
  return answer.json<{ visits: Occurrence[]; code: string }>()
}

const rowsOf = async (patient: string) => {
  const { rows } = await world.pool.query<{ status: string; series_id: string }>(
    'SELECT status, series_id FROM appointment WHERE patient_id = $1 ORDER BY lower(visit)',
    [patient],
  )
  return rows
}

test('a preview of twelve visits marks those that clash and names the nearest free slots', async (t) => {
  const [patient, other] = [somebody(), somebody()]
  const taken = [world.slot(0, 7), world.slot(0, 21)]
  const elsewhere = world.slot(0, 35)
  const book = { serviceId: antenatal, doctorId: world.people.doctors[0] }
  for (const start of taken) await world.book({ ...book, start }, { as: other })
  await world.book({ ...book, doctorId: world.people.doctors[2], start: elsewhere }, { as: patient })

  const { visits } = await preview(patient, body(0, { rule: weekly(0) }))
  t.is(visits.length, 12)
  t.deepEqual(
    visits.filter(({ free }) => !free).map(({ start, code }) => [start, code]),
    [
      [taken[0], 'BOOKING_SLOT_TAKEN'],
      [taken[1], 'BOOKING_SLOT_TAKEN'],
      [elsewhere, 'BOOKING_PATIENT_OVERLAP'],
    ],
  )
  for (const { free, nearest } of visits) t.is(nearest.length, free ? 0 : 3)
  t.is((await rowsOf(patient)).length, 1, 'nothing is written')
  const [instead] = visits[1]?.nearest ?? []
  t.is((await world.book({ ...book, start: instead?.start }, { as: patient })).statusCode, 201)
})

test('all visits are booked, and asking again with the same key gives the same ones', async (t) => {
  const patient = somebody()
  const request = { as: patient, key: randomUUID(), body: body(0, { rule: weekly(1) }) }
  const first = await ask(request)
  t.is(first.status, 201)
  t.is(first.visits.length, 12)
  t.true(
    first.visits.every(({ status, appointment }) => status === 201 && appointment?.seriesId === first.id),
  )
  const again = await ask(request)
  t.deepEqual(
    again.visits.map(({ appointment }) => appointment?.id),
    first.visits.map(({ appointment }) => appointment?.id),
  )
  const rows = await rowsOf(patient)
  t.is(rows.length, 12)
  t.true(rows.every(({ status, series_id: id }) => status === 'booked' && id === first.id))
  t.like(await ask({ ...request, body: body(0, { rule: weekly(2) }) }), {
    status: 422,
    code: 'BOOKING_KEY_REUSED',
  })
})

test('the same request sent ten times at once makes one series, and takes nothing of it back', async (t) => {
  const patient = somebody()
  const request = { as: patient, key: randomUUID(), body: body(1, { rule: weekly(3, 6) }) }
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(request)))
  for (const { status, code } of answers) if (status !== 201) t.is(code, 'BOOKING_KEY_IN_FLIGHT')
  t.is((await ask(request)).status, 201)
  t.deepEqual(
    (await rowsOf(patient)).map(({ status }) => status),
    Array.from({ length: 6 }, () => 'booked'),
  )
})

test('when one visit of all cannot be had, none is, and nobody else has seen anything of it', async (t) => {
  const [patient, other] = [somebody(), somebody()]
  const start = world.slot(4, 14)
  await world.book({ ...body(1, {}), start }, { as: other })
  const answer = await ask({ as: patient, body: body(1, { rule: weekly(4) }) })
  t.like(answer, { status: 409, code: 'BOOKING_SERIES_CLASH' })
  const visits = answer.visits as unknown as Occurrence[]
  t.deepEqual(
    visits.filter(({ free }) => !free).map((visit) => visit.start),
    [start],
  )
  t.deepEqual(await rowsOf(patient), [])
  const { rowCount } = await world.pool.query(`SELECT FROM outbox WHERE subject LIKE '%' || $1`, [patient])
  t.is(rowCount, 0)
})

test('chosen visits are booked each for itself, with a result each', async (t) => {
  const [patient, other] = [somebody(), somebody()]
  const starts = [0, 7, 14].map((day) => world.slot(5, day))
  await world.book({ ...body(1, {}), start: starts[1] }, { as: other })
  const answer = await ask({ as: patient, body: body(1, { starts, mode: 'each' }) })
  t.is(answer.status, 201)
  t.deepEqual(
    answer.visits.map(({ status, code }) => [status, code]),
    [
      [201, undefined],
      [409, 'BOOKING_SLOT_TAKEN'],
      [201, undefined],
    ],
  )
  t.true((answer.visits[1]?.alternatives?.length ?? 0) >= 3)
})

test('of two patients who want the same visits at once, one has all of them and the other none', async (t) => {
  for (let race = 0; race < 10; race++) {
    const pair = [somebody(), somebody()]
    const request = body(2, { rule: { first: world.slot(race, 0), rrule: 'FREQ=DAILY;COUNT=8' } })
    const answers = await Promise.all(pair.map((as) => ask({ as, body: request })))
    t.deepEqual(answers.map(({ status }) => status).sort(), [201, 409])
    const rows = await Promise.all(pair.map(rowsOf))
    t.deepEqual(rows.map(({ length }) => length).sort(), [0, 8])
  }
})

test('a patient has no more open visits by a series than one by one, and the preview says so', async (t) => {
  const patient = somebody()
  const request = body(0, { serviceId: limited, rule: weekly(6, 5) })
  const { visits } = await preview(patient, request)
  t.deepEqual(
    visits.map(({ code }) => code),
    [undefined, undefined, undefined, 'BOOKING_TOO_MANY_OPEN', 'BOOKING_TOO_MANY_OPEN'],
  )
  t.like(await ask({ as: patient, body: request }), { status: 409, code: 'BOOKING_SERIES_CLASH' })
  t.deepEqual(await rowsOf(patient), [])
  const byStaff = await ask({ as: randomUUID(), role: 'admin', body: { ...request, patientId: patient } })
  t.is(byStaff.status, 201)
  const more = { as: randomUUID(), role: 'admin' as const, body: { ...request, patientId: patient } }
  const seen = await call(world, 'POST', '/v1/series/preview', more)
  t.deepEqual(
    seen.json<{ visits: Occurrence[] }>().visits.map(({ code }) => code),
    Array(5).fill('BOOKING_SLOT_TAKEN'),
    'the preview tells staff what is in the way of a series, not the limit of single visits',
  )
})

const change = async (id: string, action: 'move' | 'cancel', { as, body: payload }: Ask) => {
  const answer = await call(world, 'POST', `/v1/series/${id}/${action}`, { as, body: payload })
  return { status: answer.statusCode, ...answer.json<Answer>() }
}

const starts = async (patient: string) => {
  const { rows } = await world.pool.query<{ at: Date }>(
    `SELECT lower(visit) AS at FROM appointment WHERE patient_id = $1 AND active ORDER BY 1`,
    [patient],
  )
  return rows.map(({ at }) => at.toISOString().replace('.000', ''))
}

test('a visit and the following ones are moved a week, each into the place the next one leaves', async (t) => {
  const patient = somebody()
  const { id, visits } = await ask({ as: patient, body: body(0, { rule: weekly(8, 5) }) })
  const appointmentId = visits[1]?.appointment?.id
  const moved = await change(id, 'move', {
    as: patient,
    body: { scope: 'following', appointmentId, start: world.slot(8, 14) },
  })
  t.is(moved.status, 200)
  t.deepEqual(
    moved.visits.map(({ status }) => status),
    [200, 200, 200, 200],
  )
  t.deepEqual(
    await starts(patient),
    [0, 14, 21, 28, 35].map((day) => world.slot(8, day)),
  )
})

test('what cannot be moved stays where it is and says why', async (t) => {
  const [patient, other] = [somebody(), somebody()]
  const { id, visits } = await ask({ as: patient, body: body(0, { rule: weekly(10, 3) }) })
  await world.book({ ...body(0, {}), start: world.slot(11, 8) }, { as: other })
  const moved = await change(id, 'move', {
    as: patient,
    body: { scope: 'all', appointmentId: visits[0]?.appointment?.id, start: world.slot(11, 1) },
  })
  t.deepEqual(
    moved.visits.map(({ status, code }) => [status, code]),
    [
      [200, undefined],
      [409, 'BOOKING_SLOT_TAKEN'],
      [200, undefined],
    ],
  )
  t.deepEqual(await starts(patient), [world.slot(11, 1), world.slot(10, 7), world.slot(11, 15)])
})

test('one visit, the following ones, or all are cancelled', async (t) => {
  const patient = somebody()
  const { id, visits } = await ask({ as: patient, body: body(0, { rule: weekly(13, 6) }) })
  const of = (index: number) => visits[index]?.appointment?.id
  const cancel = (payload: object) => change(id, 'cancel', { as: patient, body: payload })
  t.is((await cancel({ scope: 'this', appointmentId: of(2) })).visits.length, 1)
  t.is((await cancel({ scope: 'following', appointmentId: of(4) })).visits.length, 2)
  t.deepEqual(
    (await rowsOf(patient)).map(({ status }) => status),
    ['booked', 'booked', 'cancelled', 'booked', 'cancelled', 'cancelled'],
  )
  t.is((await cancel({ scope: 'all' })).visits.length, 3)
  t.deepEqual(await starts(patient), [])
})

test('a series of somebody else does not exist for me', async (t) => {
  const [patient, nosy] = [somebody(), somebody()]
  const { id, visits } = await ask({ as: patient, body: body(0, { rule: weekly(15, 2) }) })
  t.is((await call(world, 'GET', `/v1/series/${id}`, { as: patient })).statusCode, 200)
  t.is((await call(world, 'GET', `/v1/series/${id}`, { as: nosy })).statusCode, 404)
  const appointmentId = visits[0]?.appointment?.id
  const wanted = { scope: 'all', appointmentId }
  t.is((await change(id, 'cancel', { as: nosy, body: wanted })).status, 404)
  t.is((await change(id, 'move', { as: nosy, body: { ...wanted, start: world.slot(16) } })).status, 404)
  t.is((await starts(patient)).length, 2)
  const forOther = await ask({ as: nosy, body: body(0, { patientId: patient, rule: weekly(17, 2) }) })
  t.like(forOther, { status: 403, code: 'BOOKING_FOR_OTHERS' })
})

interface Wrong {
  fields: () => object
  status: number
  code: string
}

const refused = test.macro<[Wrong]>({
  exec: async (t, { fields, status, code }) => {
    const patient = somebody()
    t.like(await ask({ as: patient, body: body(0, fields()) }), { status, code })
    t.deepEqual(await rowsOf(patient), [])
  },
  title: (given, { code }) => `${given ?? ''}: ${code}`,
})

const rule = (rrule: string) => () => ({ rule: { first: world.slot(20), rrule } })
const RULE = { status: 400, code: 'BOOKING_SERIES_RULE_INVALID' }
test('a rule without an end', refused, { fields: rule('FREQ=DAILY'), ...RULE })
test('a rule of every second', refused, { fields: rule('FREQ=SECONDLY;COUNT=50'), ...RULE })
test('neither rule nor starts', refused, { fields: () => ({}), ...RULE })
test('both', refused, { fields: () => ({ rule: weekly(20), starts: [world.slot(20)] }), ...RULE })
test('a hundred visits', refused, {
  ...{ fields: rule('FREQ=DAILY;COUNT=100'), status: 422, code: 'BOOKING_SERIES_TOO_LONG' },
})
test('a thousand starts', refused, {
  fields: () => ({ starts: Array.from({ length: 1_000 }, () => world.slot(20)) }),
  ...{ status: 400, code: 'VALIDATION_FAILED' },
})
test('the same start twice', refused, {
  fields: () => ({ starts: [world.slot(20), world.slot(20)] }),
  ...{ status: 422, code: 'BOOKING_SERIES_OVERLAPS' },
})
test('a date that is none', refused, {
  fields: () => ({ starts: ['2027-02-30T09:00:00Z'] }),
  ...{ status: 400, code: 'BOOKING_INSTANT_INVALID' },
})
test('a doctor who is not there', refused, {
  fields: () => ({ doctorId: randomUUID(), rule: weekly(20) }),
  ...{ status: 422, code: 'BOOKING_DOCTOR_UNKNOWN' },
})
