import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { addService, call } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
let second: string

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      second = await addService(pieces, { duration: '40 min', approval: 'manual' })
    },
  })
  world.work()
})

interface View {
  id: string
  status: string
  start: string
  version: number
  doctorId: string
}

let used = 0
function fresh() {
  const n = used++
  return { patient: world.people.patients[n] ?? '', day: Math.floor(n / 3) % 9, n: (n % 3) * 9 }
}

async function booked(patient: string, n: number, day: number, doctor = 0): Promise<View> {
  const { doctors, consultation: serviceId } = world.people
  const body = { doctorId: doctors[doctor], serviceId, start: world.slot(n, day) }
  return (await world.book(body, { as: patient })).json<View>()
}

test('a move takes the new time and frees the old one', async (t) => {
  const { patient, n, day } = fresh()
  const before = await booked(patient, n, day)
  const moved = await call(world, 'POST', `/v1/appointments/${before.id}/move`, {
    as: patient,
    body: { start: world.slot(n + 2, day) },
    ifMatch: '"1"',
  })
  t.is(moved.statusCode, 200, moved.body)
  t.like(moved.json(), { id: before.id, status: 'booked', start: world.slot(n + 2, day), version: 2 })
  const doctor = world.people.doctors[0]
  const free = await world.app.inject({
    url: `/v1/slots?doctorId=${doctor}&serviceId=${world.people.consultation}&from=${world.slot(n, day)}&to=${world.slot(n + 3, day)}`,
  })
  const starts = free.json<{ slots: View[] }>().slots.map(({ start }) => start)
  t.true(starts.includes(before.start))
  t.false(starts.includes(world.slot(n + 2, day)))
})

test('every rule is asked again: a move to a time nobody works, to the past or off the grid is refused', async (t) => {
  const { patient, n, day } = fresh()
  const { id, start } = await booked(patient, n, day)
  const wishes: [string, string][] = [
    [world.slot(60, day), 'BOOKING_OUTSIDE_WINDOW'],
    ['2020-01-01T09:00:00Z', 'BOOKING_IN_THE_PAST'],
    [world.slot(n + 2, day).replace(':00Z', ':30Z'), 'BOOKING_OFF_GRID'],
    [world.slot(n, 300), 'BOOKING_BEYOND_HORIZON'],
  ]
  for (const [to, code] of wishes) {
    const answer = await call(world, 'POST', `/v1/appointments/${id}/move`, {
      as: patient,
      body: { start: to },
    })
    t.is(answer.json<{ code: string }>().code, code)
  }
  t.like((await call(world, 'GET', `/v1/appointments/${id}`, { as: patient })).json(), { start, version: 1 })
})

test('a move to a taken slot leaves everything as it is and tells others', async (t) => {
  const { patient, n, day } = fresh()
  const mine = await booked(patient, n, day)
  await booked(world.people.patients[900 + n] ?? '', n + 2, day)
  const answer = await call(world, 'POST', `/v1/appointments/${mine.id}/move`, {
    as: patient,
    body: { start: world.slot(n + 2, day) },
  })
  t.is(answer.statusCode, 409)
  t.is(answer.json<{ code: string }>().code, 'BOOKING_SLOT_TAKEN')
  t.true(answer.json<{ alternatives: unknown[] }>().alternatives.length >= 3)
})

test('a patient may stay where the new visit overlaps the old one', async (t) => {
  const { patient, n, day } = fresh()
  const doctor = world.people.doctors[0] ?? ''
  const { id } = await booked(patient, n, day)
  const longer = await call(world, 'POST', `/v1/appointments/${id}/move`, {
    as: patient,
    body: { start: world.slot(n, day), serviceId: second },
  })
  t.is(longer.statusCode, 200, longer.body)
  t.like(longer.json(), { status: 'pending', serviceId: second, doctorId: doctor })
})

test('another doctor may be moved to: by staff at once, by a doctor when the other approves', async (t) => {
  const { patient, n, day } = fresh()
  const { id } = await booked(patient, n, day)
  const [one = '', two = ''] = world.people.doctors
  const moved = await call(world, 'POST', `/v1/appointments/${id}/move`, {
    as: one,
    role: 'doctor',
    body: { start: world.slot(n, day), doctorId: two, serviceId: second },
  })
  t.like(moved.json(), { status: 'pending', doctorId: two })
  t.is((await call(world, 'GET', `/v1/appointments/${id}`, { as: one, role: 'doctor' })).statusCode, 404)
  const url = `/v1/appointments/${id}`
  const admin = { as: world.people.patients[998] ?? '', role: 'admin' as const }
  await call(world, 'POST', `${url}/approve`, { as: two, role: 'doctor', body: {} })
  const back = { start: world.slot(n, day), doctorId: one }
  t.like((await call(world, 'POST', `${url}/move`, { ...admin, body: back })).json(), { status: 'booked' })
  // Nobody has to approve a visit of the other service.
  const plain = { start: world.slot(n, day), serviceId: world.people.consultation }
  await call(world, 'POST', `${url}/move`, { as: patient, body: { start: world.slot(n + 2, day) } })
  const last = (await call(world, 'POST', `${url}/move`, { as: patient, body: plain })).json<View>()
  t.is(last.status, 'booked')
  t.false('expiresAt' in last)
})

test('a patient does not move what has begun, and is late within the notice', async (t) => {
  const { patient, n, day } = fresh()
  const { id } = await booked(patient, n, day)
  await world.pool.query(`UPDATE service_type SET cancel_notice = '29 d' WHERE id = $1`, [
    world.people.consultation,
  ])
  const url = `/v1/appointments/${id}/move`
  const moved = await call(world, 'POST', url, { as: patient, body: { start: world.slot(n + 2, day) } })
  t.true(moved.json<{ late?: boolean }>().late)
  await world.pool.query(
    `UPDATE appointment SET visit = tstzrange(now() - interval '1 min', now() + interval '9 min'),
       blocked = tstzrange(now() - interval '1 min', now() + interval '9 min'), version = version + 1 WHERE id = $1`,
    [id],
  )
  const late = await call(world, 'POST', url, { as: patient, body: { start: world.slot(n + 3, day) } })
  t.is(late.json<{ code: string }>().code, 'BOOKING_MOVE_TOO_LATE')
})

test('somebody else’s, a stale version and what is over are refused', async (t) => {
  const { patient, n, day } = fresh()
  const { id } = await booked(patient, n, day)
  const body = { start: world.slot(n + 3, day) }
  const url = `/v1/appointments/${id}/move`
  t.is((await call(world, 'POST', url, { as: world.people.patients[999] ?? '', body })).statusCode, 404)
  t.is((await call(world, 'POST', url, { as: patient, body, ifMatch: '"7"' })).statusCode, 412)
  await call(world, 'POST', `/v1/appointments/${id}/cancel`, { as: patient })
  t.is(
    (await call(world, 'POST', url, { as: patient, body })).json<{ code: string }>().code,
    'BOOKING_ILLEGAL_TRANSITION',
  )
})

test('in 500 races of moves and cancellations nobody ever has two slots, and who did not cancel has one', async (t) => {
  const day = 9
  const doctors = world.people.doctors.slice(0, 3)
  for (let round = 0; round < 25; round++) {
    const racers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const patient = world.people.patients[200 + round * 20 + index] ?? ''
        const { id } = await booked(patient, Math.floor(index / 3) * 2, day, index % 3)
        return { patient, id }
      }),
    )
    const answers = await Promise.all(
      racers.flatMap(({ patient, id }, index) => {
        const url = `/v1/appointments/${id}`
        const to = (n: number, doctor: number) => ({
          as: patient,
          body: { start: world.slot(n, day), doctorId: doctors[doctor] },
        })
        const first = call(world, 'POST', `${url}/move`, to(1 + (index % 5) * 2, index % 3))
        const other =
          index % 2 === 0
            ? call(world, 'POST', `${url}/cancel`, { as: patient })
            : call(world, 'POST', `${url}/move`, to(15 + (index % 4), (index + 1) % 3))
        return [first, other]
      }),
    )
    t.true(answers.every(({ statusCode }) => [200, 409].includes(statusCode)))
    const { rows } = await world.pool.query<{ patient_id: string; held: string }>(
      `SELECT patient_id, count(*) FILTER (WHERE active)::int AS held FROM appointment
       WHERE patient_id = ANY ($1) GROUP BY patient_id`,
      [racers.map(({ patient }) => patient)],
    )
    const held = new Map(rows.map((row) => [row.patient_id, Number(row.held)]))
    for (const [index, { patient }] of racers.entries()) t.is(held.get(patient), index % 2 === 0 ? 0 : 1)
    await Promise.all(
      racers.map(({ patient, id }) => call(world, 'POST', `/v1/appointments/${id}/cancel`, { as: patient })),
    )
  }
})
