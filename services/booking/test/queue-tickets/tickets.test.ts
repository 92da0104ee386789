import { randomUUID } from 'node:crypto'

import type { EventEnvelope, Role } from '@medqueue/contracts'
import { withTransaction } from '@medqueue/database'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { followAppointment } from '../../src/queue-tickets/follow.ts'
import type { Board, Ticket } from '../../src/queue-tickets/schemas.ts'
import { call } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
const ADMIN = randomUUID() as string

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async ({ pool, people }) => {
      // Doctors 0 and 1 are at work now.
      await pool.query(
        `INSERT INTO doctor_window SELECT d, date_trunc('hour', now()) - interval '1 hour', date_trunc('hour', now()) + interval '5 hours', $2
         FROM unnest($1::uuid[]) d ON CONFLICT DO NOTHING`,
        [people.doctors.slice(0, 2), people.clinic],
      )
    },
  })
  world.work()
})

/** Each test has a clinic of its own, and so a line of its own; the doctors work at all of them. */
const clinicOfOwn = async () => {
  const { pool, people } = world
  const id = randomUUID() as string
  await pool.query(`INSERT INTO clinic VALUES ($1, 1, true, 'Posto', 'Vitória', 'America/Sao_Paulo')`, [id])
  await pool.query('UPDATE doctor SET clinic_ids = clinic_ids || $1::uuid WHERE id = ANY ($2)', [
    id,
    people.doctors.slice(0, 2),
  ])
  return id
}

type Told = Ticket & { statusCode: number; code: string; ticket?: Ticket }

const post = async (path: string, body?: object, as = ADMIN, role: Role = 'admin') => {
  const answer = await call(world, 'POST', `/v1/tickets${path}`, {
    as,
    role,
    ...(body === undefined ? {} : { body }),
  })
  return { ...answer.json<Told>(), statusCode: answer.statusCode }
}

const callNext = async (clinicId: string, doctorId?: string) =>
  (await post('/call-next', { clinicId, place: 'Room 3', ...(doctorId === undefined ? {} : { doctorId }) }))
    .ticket

const board = async (clinicId: string) => {
  const answer = await world.app.inject({ url: `/v1/boards?clinicId=${clinicId}` })
  return { ...answer.json<Board>(), text: answer.body, statusCode: answer.statusCode }
}

/** A visit of today, which begins in an hour or two: no slot search offers it, so it is written into the record. */
const visitOfToday = async (patient: number, minutes: number, clinicId: string) => {
  const id = randomUUID() as string
  const { people, pool } = world
  await pool.query(
    `INSERT INTO appointment (id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status)
     SELECT $1, $2, $3, $4, $5, v, v, 'booked'
     FROM (SELECT tstzrange(now() + make_interval(mins => $6), now() + make_interval(mins => $6 + 5)) AS v) t`,
    [id, people.doctors[0], people.patients[patient], people.consultation, clinicId, minutes],
  )
  return { id, patient: people.patients[patient] ?? '' }
}

const statusOf = async (id: string) => {
  const { rows } = await world.pool.query<{ status: string }>(
    'SELECT status FROM appointment WHERE id = $1',
    [id],
  )
  return rows[0]?.status
}

test('walk-ins are called in the order they came, and led to the end', async (t) => {
  const clinicId = await clinicOfOwn()
  const tickets = []
  for (let n = 0; n < 3; n++) tickets.push(await post('', { clinicId }))
  t.deepEqual(
    tickets.map(({ statusCode, label, position }) => [statusCode, label, position]),
    [
      [201, 'A1', 1],
      [201, 'A2', 2],
      [201, 'A3', 3],
    ],
  )
  const called = await callNext(clinicId, world.people.doctors[0])
  t.like(called, { label: 'A1', state: 'called', place: 'Room 3', doctorId: world.people.doctors[0] })
  t.like(await post(`/${called?.id ?? ''}/serve`), { statusCode: 200, state: 'serving' })
  t.like(await post(`/${called?.id ?? ''}/finish`), { statusCode: 200, state: 'done' })
  t.like(await post(`/${called?.id ?? ''}/finish`), { statusCode: 409, code: 'BOOKING_TICKET_STEP' })
})

test('who misses the call and comes back is last in line', async (t) => {
  const clinicId = await clinicOfOwn()
  for (let n = 0; n < 2; n++) await post('', { clinicId })
  const missed = await callNext(clinicId)
  await post(`/${missed?.id ?? ''}/miss`)
  t.like(await post(`/${missed?.id ?? ''}/return`), { state: 'waiting' })
  t.is((await callNext(clinicId))?.label, 'A2')
  t.is((await callNext(clinicId))?.label, 'A1')
  t.is(await callNext(clinicId), undefined)
})

test('fifty tickets made and fifty calls made at once: every ticket has a label of its own and is called once', async (t) => {
  const clinicId = await clinicOfOwn()
  const tickets = await Promise.all(Array.from({ length: 50 }, () => post('', { clinicId })))
  t.is(new Set(tickets.map(({ label }) => label)).size, 50)
  const called = await Promise.all(Array.from({ length: 50 }, () => callNext(clinicId)))
  t.is(new Set(called.map((ticket) => ticket?.id)).size, 50)
  t.is(await callNext(clinicId), undefined)
})

test('checking in with an appointment gives a ticket, whose steps are the appointment’s', async (t) => {
  const clinicId = await clinicOfOwn()
  const { id } = await visitOfToday(1, 60, clinicId)
  const ticket = await post('', { appointmentId: id })
  t.like(ticket, { statusCode: 201, label: 'A1', appointmentId: id, position: 1 })
  t.is(await statusOf(id), 'checked-in')
  t.is((await post('', { appointmentId: id })).id, ticket.id, 'asked again, the same')
  await callNext(clinicId, world.people.doctors[0])
  t.like(await post(`/${ticket.id}/serve`), { state: 'serving' })
  t.is(await statusOf(id), 'in-progress')
  t.like(await post(`/${ticket.id}/finish`), { state: 'done' })
  t.is(await statusOf(id), 'fulfilled')
})

test('who comes early for an appointment does not come before those whose time it is', async (t) => {
  const clinicId = await clinicOfOwn()
  const { id } = await visitOfToday(2, 75, clinicId)
  const early = await post('', { appointmentId: id })
  const walkIn = await post('', { clinicId })
  t.is((await callNext(clinicId))?.id, walkIn.id)
  t.is((await callNext(clinicId))?.id, early.id)
})

test('a ticket follows an appointment that is checked in, begun and completed elsewhere, and each event counts once', async (t) => {
  const clinicId = await clinicOfOwn()
  const { id } = await visitOfToday(3, 90, clinicId)
  const act = (action: string) =>
    call(world, 'POST', `/v1/appointments/${id}/${action}`, { as: ADMIN, role: 'admin', body: {} })
  const follow = async (type: string) => {
    const event: EventEnvelope = {
      ...{ id: randomUUID(), type, source: 'booking', subject: id, version: 1 },
      ...{ occurredAt: new Date().toISOString(), data: {} },
    }
    const deps = { pool: world.pool, now: () => new Date(), newId: randomUUID }
    await withTransaction(world.pool, (client) => followAppointment(client, deps, event))
  }
  const states = async () => {
    const { rows } = await world.pool.query<{ state: string }>(
      'SELECT state FROM ticket WHERE appointment_id = $1',
      [id],
    )
    return rows.map(({ state }) => state)
  }
  await act('check-in')
  await Promise.all([follow('appointment.checked-in'), follow('appointment.checked-in')])
  t.deepEqual(await states(), ['waiting'])
  await act('start')
  await follow('appointment.started')
  t.deepEqual(await states(), ['serving'])
  await follow('appointment.fulfilled')
  await follow('appointment.started')
  t.deepEqual(await states(), ['done'])
})

test('the wall board shows labels, places and waits, and nothing of a person', async (t) => {
  const clinicId = await clinicOfOwn()
  const { id, patient } = await visitOfToday(4, 105, clinicId)
  await post('', { appointmentId: id })
  for (let n = 0; n < 3; n++) await post('', { clinicId, patientId: world.people.patients[20 + n] })
  await callNext(clinicId)
  const shown = await board(clinicId)
  t.is(shown.statusCode, 200)
  t.deepEqual(shown.called, [{ label: 'A2', place: 'Room 3' }])
  t.deepEqual(
    shown.waiting.map(({ label, position }) => [label, position]),
    [
      ['A3', 2],
      ['A4', 3],
      ['A1', 4],
    ],
  )
  for (const secret of [patient, id, ...world.people.patients.slice(20, 23), ...world.people.doctors])
    t.false(shown.text.includes(secret))
  t.is((await board(randomUUID())).statusCode, 404)
})

test('with doctors on duty the wait is a range; without, nobody pretends to know it', async (t) => {
  const { people, pool } = world
  const without = await clinicOfOwn()
  const lonely = await post('', { clinicId: without })
  t.is(lonely.wait, undefined)

  const tickets = []
  for (let n = 0; n < 4; n++)
    tickets.push(await post('', { clinicId: people.clinic, serviceId: people.consultation }))
  const id = tickets.at(-1)?.id ?? ''
  // Visits are measured: forty minutes each, twice as long as planned.
  const read = async () => {
    const answer = await call(world, 'GET', `/v1/tickets/${id}`, { as: ADMIN, role: 'admin' })
    const { day, wait = { from: -1, to: -1 } } = answer.json<Ticket>()
    return { day, ...wait }
  }
  const before = await read()
  t.true(before.to > before.from)
  await pool.query(
    `INSERT INTO ticket (id, clinic_id, day, label, state, turn_at, served_at, ended_at)
     SELECT gen_random_uuid(), $1, $2, 'Z' || n, 'done', now(), now() - interval '40 min', now() FROM generate_series(1, 20) n`,
    [people.clinic, before.day],
  )
  t.true((await read()).to > before.to)
})

test('patients see their own ticket and lead none; a doctor calls for no other doctor', async (t) => {
  const clinicId = await clinicOfOwn()
  const [patient = '', nosy = ''] = world.people.patients.slice(40, 42)
  const [own = '', other = ''] = world.people.doctors
  const { id } = await post('', { clinicId, patientId: patient, doctorId: own })
  const read = async (as: string) => (await call(world, 'GET', `/v1/tickets/${id}`, { as })).statusCode
  t.deepEqual([await read(patient), await read(nosy)], [200, 404])
  t.is((await post(`/${id}/leave`, undefined, patient, 'patient')).statusCode, 403)
  t.is((await post('/call-next', { clinicId, doctorId: own }, other, 'doctor')).ticket, undefined)
  t.is((await post('/call-next', { clinicId }, own, 'doctor')).ticket?.id, id)
})

test('a ticket is for a walk-in at a clinic or for an appointment', async (t) => {
  t.like(await post('', {}), { statusCode: 400, code: 'BOOKING_CLINIC_MISSING' })
  t.like(await post('', { clinicId: randomUUID() }), { statusCode: 404, code: 'BOOKING_TICKET_CLINIC' })
  t.like(await post('', { appointmentId: randomUUID() }), { statusCode: 404, code: 'BOOKING_NOT_FOUND' })
})
