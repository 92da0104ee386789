import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { sweepOnce } from '../src/lapses/sweeper.ts'
import { addService, call, until } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
let limited: string
let noticed: string

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      limited = await addService(pieces, { max_open: 1 })
      noticed = await addService(pieces, {})
    },
  })
  world.work()
})

interface View {
  id: string
  status: string
  expiresAt?: string
  version: number
}

let used = 0
/** A patient and a slot nobody else uses. */
function fresh() {
  const n = used++
  const { people } = world
  const start = world.slot(n % 30, Math.floor(n / 60))
  const doctorId = people.doctors[Math.floor(n / 30) % 2] ?? ''
  return { patient: people.patients[n] ?? '', body: { doctorId, serviceId: people.consultation, start } }
}

const other = () => world.people.patients[900 + used++] ?? ''

test('a held slot is nobody else’s, and a hold asked for again is the same hold', async (t) => {
  const { patient, body } = fresh()
  const held = await call(world, 'POST', '/v1/holds', { as: patient, body })
  t.is(held.statusCode, 201)
  t.is(held.json<View>().status, 'held')
  t.truthy(held.json<View>().expiresAt)
  const again = await call(world, 'POST', '/v1/holds', { as: patient, body })
  t.deepEqual(again.json(), held.json())
  const late = await call(world, 'POST', '/v1/holds', { as: other(), body })
  t.is(late.statusCode, 409)
  t.like(late.json(), { code: 'BOOKING_SLOT_TAKEN' })
  t.true(late.json<{ alternatives: unknown[] }>().alternatives.length >= 3)
  t.is((await world.book(body, { as: other() })).statusCode, 409)
})

test('a booking with the hold makes the appointment of it', async (t) => {
  const { patient, body } = fresh()
  const { id } = (await call(world, 'POST', '/v1/holds', { as: patient, body })).json<View>()
  const key = 'key-of-hold'
  const booked = await world.book({ ...body, holdId: id, message: 'hello' }, { as: patient, key })
  t.is(booked.statusCode, 201, booked.body)
  t.like(booked.json(), { id, status: 'booked', version: 2, message: 'hello' })
  t.deepEqual(
    (await world.book({ ...body, holdId: id, message: 'hello' }, { as: patient, key })).json(),
    booked.json(),
  )
  const { rows } = await world.pool.query('SELECT status FROM appointment WHERE patient_id = $1', [patient])
  t.deepEqual(rows, [{ status: 'booked' }])
})

test('a hold serves its own patient, slot and time only', async (t) => {
  const { patient, body } = fresh()
  const { id } = (await call(world, 'POST', '/v1/holds', { as: patient, body })).json<View>()
  const stolen = await world.book({ ...body, holdId: id }, { as: other() })
  t.is(stolen.statusCode, 409)
  t.is(stolen.json<{ code: string }>().code, 'BOOKING_HOLD_LOST')
  const elsewhere = await world.book({ ...fresh().body, holdId: id }, { as: patient })
  t.is(elsewhere.json<{ code: string }>().code, 'BOOKING_HOLD_LOST')
  t.is((await call(world, 'GET', `/v1/appointments/${id}`, { as: patient })).json<View>().status, 'held')
})

test('a hold let go is free at once, and cannot be booked any more', async (t) => {
  const { patient, body } = fresh()
  const { id } = (await call(world, 'POST', '/v1/holds', { as: patient, body })).json<View>()
  t.is((await call(world, 'DELETE', `/v1/holds/${id}`, { as: other() })).statusCode, 404)
  t.is((await call(world, 'DELETE', `/v1/holds/${id}`, { as: patient })).statusCode, 204)
  t.is((await world.book({ ...body, holdId: id }, { as: patient })).statusCode, 409)
  t.is((await call(world, 'POST', '/v1/holds', { as: other(), body })).statusCode, 201)
})

test('a hold is extended once', async (t) => {
  const { patient, body } = fresh()
  const held = (await call(world, 'POST', '/v1/holds', { as: patient, body })).json<View>()
  const extended = await call(world, 'POST', `/v1/holds/${held.id}/extend`, { as: patient })
  t.is(extended.statusCode, 200)
  const gained = Date.parse(extended.json<View>().expiresAt ?? '') - Date.parse(held.expiresAt ?? '')
  t.is(gained, 300_000)
  const twice = await call(world, 'POST', `/v1/holds/${held.id}/extend`, { as: patient })
  t.is(twice.json<{ code: string }>().code, 'BOOKING_HOLD_NOT_EXTENDED')
})

test('nobody holds more than three slots', async (t) => {
  const { patient } = fresh()
  const codes: (number | string)[] = []
  for (let n = 0; n < 4; n++) {
    const answer = await call(world, 'POST', '/v1/holds', { as: patient, body: fresh().body })
    codes.push(answer.statusCode === 201 ? 201 : answer.json<{ code: string }>().code)
  }
  t.deepEqual(codes, [201, 201, 201, 'BOOKING_TOO_MANY_HELD'])
})

test('what has lapsed is free again, told, and not booked', async (t) => {
  const { patient, body } = fresh()
  const { id } = (await call(world, 'POST', '/v1/holds', { as: patient, body })).json<View>()
  await world.pool.query(
    `UPDATE appointment SET expires_at = now(), version = version + 1, updated_at = now() WHERE id = $1`,
    [id],
  )
  t.is(
    (await world.book({ ...body, holdId: id }, { as: patient })).json<{ code: string }>().code,
    'BOOKING_HOLD_LOST',
  )
  await sweepOnce({ pool: world.pool, now: () => new Date(), newId: () => crypto.randomUUID() })
  t.like((await call(world, 'GET', `/v1/appointments/${id}`, { as: patient })).json(), {
    status: 'expired',
    endedBy: 'system',
  })
  const { rows } = await world.pool.query<{ subject: string }>(
    'SELECT subject FROM outbox WHERE event LIKE $1',
    [`%${id}%`],
  )
  t.true(rows.some(({ subject }) => subject.startsWith('appointment.expired.')))
  t.is((await call(world, 'POST', '/v1/holds', { as: other(), body })).statusCode, 201)
})

test('who meets a hold that is just being made is told that the slot is taken', async (t) => {
  const { patient, body } = fresh()
  const client = await world.pool.connect()
  try {
    await client.query('BEGIN')
    await client.query(
      `INSERT INTO appointment (id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status, requested, expires_at)
       SELECT gen_random_uuid(), $1, $2, $3, $4, v, v, 'held', false, now() + interval '5 min'
       FROM tstzrange($5::timestamptz, $5::timestamptz + interval '20 min') v`,
      [body.doctorId, patient, body.serviceId, world.people.clinic, body.start],
    )
    const meeting = world.book(body, { as: other() })
    // The worker waits for the hold to be decided.
    await until(async () => {
      const { rows } = await world.pool.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
      return rows.length > 0
    })
    await client.query('COMMIT')
    t.is((await meeting).json<{ code: string }>().code, 'BOOKING_SLOT_TAKEN')
  } finally {
    client.release()
  }
})

test('whoever holds the slot keeps it though the notice has begun meanwhile', async (t) => {
  const { patient, body } = fresh()
  const wish = { ...body, serviceId: noticed }
  const { id } = (await call(world, 'POST', '/v1/holds', { as: patient, body: wish })).json<View>()
  await world.pool.query(`UPDATE service_type SET minimum_notice = '29 d' WHERE id = $1`, [noticed])
  t.is((await world.book({ ...wish, holdId: id }, { as: patient })).statusCode, 201)
})

test('holds are listed when asked for, and letting one go twice is no mistake', async (t) => {
  const { patient, body } = fresh()
  const { id } = (await call(world, 'POST', '/v1/holds', { as: patient, body })).json<View>()
  const listed = async (query: string) =>
    (await call(world, 'GET', `/v1/appointments${query}`, { as: patient })).json<{ appointments: View[] }>()
      .appointments
  t.deepEqual(await listed(''), [])
  t.is((await listed('?status=held'))[0]?.id, id)
  for (let n = 0; n < 2; n++)
    t.is((await call(world, 'DELETE', `/v1/holds/${id}`, { as: patient })).statusCode, 204)
})

test('asking again tells what was decided, whatever happened since', async (t) => {
  const { patient, body } = fresh()
  const { id } = (await call(world, 'POST', '/v1/holds', { as: patient, body })).json<View>()
  const booking = { ...body, holdId: id }
  const first = await world.book(booking, { as: patient, key: 'again' })
  await call(world, 'POST', `/v1/appointments/${id}/cancel`, { as: patient, body: {} })
  t.deepEqual((await world.book(booking, { as: patient, key: 'again' })).json(), first.json())
})

test('a hold counts among the open appointments, also one that comes at the same time as a booking', async (t) => {
  for (let n = 0; n < 8; n++) {
    const patient = other()
    const [one, two] = [world.slot(20 + (n % 8), 8), world.slot(20 + (n % 8), 9)]
    const doctorId = world.people.doctors[0] ?? ''
    await Promise.all([
      world.book({ doctorId, serviceId: limited, start: one }, { as: patient }),
      call(world, 'POST', '/v1/holds', { as: patient, body: { doctorId, serviceId: limited, start: two } }),
    ])
    const { rows } = await world.pool.query('SELECT 1 FROM appointment WHERE patient_id = $1 AND active', [
      patient,
    ])
    t.is(rows.length, 1)
  }
})

test('a patient has no more open appointments of a service than are allowed, whatever comes at once', async (t) => {
  const { patient } = fresh()
  const starts = [0, 3, 6, 9, 12].map((n) => world.slot(n, 9))
  const answers = await Promise.all(
    starts.map((start, index) =>
      world.book({ doctorId: world.people.doctors[index % 2], serviceId: limited, start }, { as: patient }),
    ),
  )
  const refused = answers.filter(({ statusCode }) => statusCode === 409)
  t.is(answers.filter(({ statusCode }) => statusCode === 201).length, 1)
  t.true(refused.every((answer) => answer.json<{ code: string }>().code === 'BOOKING_TOO_MANY_OPEN'))
  const doctor = world.people.doctors[1] ?? ''
  const body = { doctorId: doctor, serviceId: limited, start: world.slot(15, 9), patientId: patient }
  const staff = { as: doctor, role: 'doctor' as const }
  t.is((await world.book(body, staff)).json<{ code: string }>().code, 'BOOKING_TOO_MANY_OPEN')
  t.is((await call(world, 'POST', '/v1/holds', { ...staff, body })).statusCode, 409)
  const more = await world.book({ ...body, overbookReason: 'Twins' }, staff)
  t.is(more.statusCode, 201, 'staff may, with a reason')
  const { id } = more.json<{ id: string }>()
  const moved = await call(world, 'POST', `/v1/appointments/${id}/move`, {
    as: patient,
    body: { start: world.slot(18, 9) },
  })
  t.is(moved.statusCode, 200, 'a move makes them no more')
})
