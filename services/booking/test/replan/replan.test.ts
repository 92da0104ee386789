import { randomUUID } from 'node:crypto'

import { type EventEnvelope, ReplanProposed, type Role } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'
import { Value } from 'typebox/value'

import type { Replan } from '../../src/replan/schemas.ts'
import { call } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
const ADMIN = randomUUID() as string

test.before(async () => {
  world = await createWorld(scope)
  world.work()
})

let used = 0
const somebody = () => world.people.patients[used++] ?? ''
const first = <T>(list: readonly T[]): T => {
  const [one] = list
  if (one === undefined) throw new Error('there is none')
  return one
}

const book = async (n: number, day: number, doctor = 0) => {
  const { people, slot } = world
  const as = somebody()
  const body = { doctorId: people.doctors[doctor], serviceId: people.consultation, start: slot(n, day) }
  const answer = await world.book(body, { as })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return { as, id: answer.json<{ id: string }>().id }
}

const dateOf = (day: number) => world.slot(0, day).slice(0, 10)

interface Ask {
  day: number
  fields?: object
  as?: string
  role?: Role
}

const plan = async ({ day, fields = {}, as = ADMIN, role = 'admin' }: Ask) => {
  const body = { doctorId: world.people.doctors[0], date: dateOf(day), reason: 'Ill', ...fields }
  const answer = await call(world, 'POST', '/v1/replans', { as, role, body })
  return { ...answer.json<Replan & { code: string }>(), statusCode: answer.statusCode }
}

const read = async (id: string | undefined, as = ADMIN, role: Role = 'admin') => {
  const answer = await call(world, 'GET', `/v1/replans/${id ?? ''}`, { as, role })
  return { ...answer.json<Replan>(), statusCode: answer.statusCode }
}

interface Answered {
  id: string
  status: string
  code: string
  doctorId: string
  start: string
  proposal: { start: string } | null
}

const answer = async (path: string, as: string, role: Role = 'patient') => {
  const got = await call(world, 'POST', `/v1/replans/${path}`, { as, role })
  return { ...got.json<Answered>(), statusCode: got.statusCode }
}

const accept = (id: string | undefined, appointmentId: string, as: string) =>
  answer(`${id ?? ''}/visits/${appointmentId}/accept`, as)

const whereIs = async (id: string) => {
  const { rows } = await world.pool.query<{ doctor_id: string; status: string; at: Date }>(
    'SELECT doctor_id, status, lower(visit) AS at FROM appointment WHERE id = $1',
    [id],
  )
  return first(rows)
}

test('thirty visits of a day: each has a proposal of its own, patients accept, and the others are listed for the phone', async (t) => {
  const visits = await Promise.all(Array.from({ length: 30 }, (_, n) => book(n, 0)))
  // The other doctor of the specialty has some of that day taken.
  for (const n of [0, 1, 2, 10]) await book(n, 0, 1)

  const dry = await plan({ day: 0, fields: { dryRun: true } })
  t.is(dry.statusCode, 200)
  t.is(dry.visits.length, 30)
  t.true(dry.visits.every(({ state }) => state === 'proposed'))
  const { rowCount } = await world.pool.query('SELECT FROM replan WHERE day = $1', [dateOf(0)])
  t.is(rowCount, 0, 'nothing is written')

  const made = await plan({ day: 0 })
  t.is(made.statusCode, 201)
  const slots = made.visits.map(({ proposal }) => `${proposal?.doctorId ?? ''} ${proposal?.start ?? ''}`)
  t.is(new Set(slots).size, 30, 'no two proposals are for one slot')
  const sameTime = made.visits.filter(({ appointment, proposal }) => appointment.start === proposal?.start)
  t.is(sameTime.length, 26, 'whose time the other doctor has free keeps it')
  t.true(
    made.visits.every(
      ({ appointment, proposal }) =>
        proposal?.doctorId === world.people.doctors[1] || proposal?.start !== appointment.start,
    ),
  )
  t.is(made.toPhone.length, 30)

  const [agree, decline] = [visits.slice(0, 20), visits.slice(20, 25)]
  const accepted = await Promise.all(agree.map(({ id, as }) => accept(made.id, id, as)))
  t.deepEqual(
    accepted.map(({ statusCode }) => statusCode),
    agree.map(() => 200),
  )
  for (const { id, as } of decline)
    t.is((await answer(`${made.id ?? ''}/visits/${id}/decline`, as)).statusCode, 200)

  const after = await read(made.id)
  const states = Map.groupBy(after.visits, ({ state }) => state)
  t.is(states.get('accepted')?.length, 20)
  t.is(states.get('declined')?.length, 5)
  t.is(states.get('proposed')?.length, 5)
  t.deepEqual(new Set(after.toPhone), new Set(visits.slice(20).map(({ id }) => id)))
  for (const { id } of visits.slice(20))
    t.like(await whereIs(id), { status: 'booked', doctor_id: world.people.doctors[0] }, 'nobody lost a visit')
})

test('accepting twice, from two devices at once, moves once', async (t) => {
  const { as, id } = await book(5, 1)
  const made = await plan({ day: 1 })
  const answers = await Promise.all([1, 2, 3].map(() => accept(made.id, id, as)))
  t.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [200, 200, 200],
  )
  const { rows } = await world.pool.query<{ moves: number }>(
    `SELECT count(*)::int AS moves FROM appointment_event WHERE appointment_id = $1 AND appointment ->> 'action' = 'move'`,
    [id],
  )
  t.is(rows[0]?.moves, 1)
})

test('when somebody else has taken the proposed slot, the old visit stays and something else is proposed', async (t) => {
  const { as, id } = await book(5, 2)
  const made = await plan({ day: 2 })
  const { proposal } = first(made.visits)
  t.is(proposal?.start, world.slot(5, 2))
  await book(5, 2, 1)

  const refused = await accept(made.id, id, as)
  t.like(refused, { statusCode: 409, code: 'BOOKING_SLOT_TAKEN' })
  t.like(await whereIs(id), { doctor_id: world.people.doctors[0], status: 'booked' })
  t.truthy(refused.proposal)
  t.is(first((await read(made.id)).visits).proposal?.start, refused.proposal?.start)
  t.like(await accept(made.id, id, as), { statusCode: 200, start: refused.proposal?.start })
})

test('two plans at once propose nothing twice', async (t) => {
  const { people, pool } = world
  // Both doctors of the specialty are away: each has only the other, and later days.
  await Promise.all([book(3, 3), book(4, 3), book(6, 3, 1), book(7, 3, 1)])
  const plans = await Promise.all(
    people.doctors.slice(0, 2).map((doctorId) => plan({ day: 3, fields: { doctorId } })),
  )
  t.deepEqual(
    plans.map(({ statusCode }) => statusCode),
    [201, 201],
  )
  const { rows } = await pool.query<{ count: number; different: number }>(
    `SELECT count(*)::int AS count, count(DISTINCT (to_doctor, to_visit))::int AS different FROM replan_visit
     WHERE state = 'proposed' AND starts_at::date = $1`,
    [dateOf(3)],
  )
  t.deepEqual(rows, [{ count: 4, different: 4 }])
})

test('a visit that the patient has moved or cancelled meanwhile is left alone', async (t) => {
  const [moved, gone] = [await book(8, 4), await book(9, 4)]
  const made = await plan({ day: 4 })
  const to = world.slot(20, 5)
  await call(world, 'POST', `/v1/appointments/${moved.id}/move`, { as: moved.as, body: { start: to } })
  await call(world, 'POST', `/v1/appointments/${gone.id}/cancel`, { as: gone.as })
  for (const { id, as } of [moved, gone])
    t.like(await accept(made.id, id, as), { statusCode: 409, code: 'BOOKING_REPLAN_ANSWERED' })
  const after = await read(made.id)
  t.deepEqual(
    after.visits.map(({ state }) => state),
    ['moved', 'ended'],
  )
  t.deepEqual(after.toPhone, [])
  t.is((await whereIs(moved.id)).at.toISOString(), new Date(to).toISOString())
})

test('each patient is told what is proposed, and not why', async (t) => {
  const { as, id } = await book(12, 5)
  const made = await plan({ day: 5, fields: { reason: 'broken leg' } })
  const { rows } = await world.pool.query<{ event: string }>('SELECT event FROM outbox WHERE subject = $1', [
    `appointment.proposed.${world.people.doctors[0] ?? ''}.${as}`,
  ])
  const text = first(rows).event
  t.false(text.includes('broken leg'))
  const event = JSON.parse(text) as EventEnvelope
  t.is(event.type, 'replan.proposed')
  t.true(Value.Check(ReplanProposed, event.data))
  t.like(event.data, { replanId: made.id, appointmentId: id, status: 'booked' })
})

test('doctors plan their own days, patients see their own visits and answer for nobody else', async (t) => {
  const { people } = world
  const [own, other] = [await book(15, 6), await book(16, 6)]
  const [doctor = '', colleague = ''] = people.doctors
  const made = await plan({ day: 6, as: doctor, role: 'doctor' })
  t.is(made.statusCode, 201)
  t.is((await plan({ day: 6, as: colleague, role: 'doctor' })).statusCode, 404)
  t.is((await plan({ day: 6, as: own.as, role: 'patient' })).statusCode, 403)
  t.deepEqual(
    (await read(made.id, own.as, 'patient')).visits.map(({ appointmentId }) => appointmentId),
    [own.id],
  )
  t.is((await read(made.id, somebody(), 'patient')).statusCode, 404)
  t.is((await accept(made.id, other.id, own.as)).statusCode, 404)
  t.is((await answer(`${made.id ?? ''}/visits/${other.id}/decline`, own.as)).statusCode, 404)
  const byPhone = await answer(`${made.id ?? ''}/visits/${other.id}/accept`, ADMIN, 'admin')
  t.is(byPhone.statusCode, 200)
})

test('a day without visits is an empty plan; 30 February is no day; the same key is the same plan', async (t) => {
  const empty = await plan({ day: 9 })
  t.like(empty, { statusCode: 201, visits: [], toPhone: [] })
  t.like(await plan({ day: 9, fields: { date: '2027-02-30' } }), {
    statusCode: 400,
    code: 'BOOKING_INSTANT_INVALID',
  })
  const key = randomUUID()
  const send = (date: string) =>
    world.app.inject({
      ...{ method: 'POST', url: '/v1/replans' },
      headers: { authorization: `Bearer ${world.token(ADMIN, 'admin')}`, 'idempotency-key': key },
      payload: { doctorId: world.people.doctors[0], date, reason: 'Ill' },
    })
  const [one, two] = await Promise.all([send(dateOf(9)), send(dateOf(9))])
  t.is(one.json<Replan>().id, two.json<Replan>().id)
  t.is((await send(dateOf(8))).statusCode, 422)
})

for (const dryRun of [false, true]) {
  const what = dryRun ? 'what would be planned' : 'a plan'
  test(`${what} for nobody's day, or for a day that is over, is refused`, async (t) => {
    const { people, pool } = world
    const refused = async (fields: object) => plan({ day: 9, fields: { ...fields, dryRun } })
    for (const doctorId of [randomUUID(), people.patients[999]])
      t.like(await refused({ doctorId }), { statusCode: 422, code: 'BOOKING_DOCTOR_UNKNOWN' })
    for (const date of ['0000-01-01', '0001-01-01', '2020-02-29', dateOf(-2)])
      t.like(await refused({ date }), { statusCode: 422, code: 'BOOKING_IN_THE_PAST' }, date)
    const known = [people.doctors, new Date(world.slot(0, -1))]
    const kept = await pool.query('SELECT FROM replan WHERE doctor_id <> ALL($1) OR day < $2::date', known)
    t.is(kept.rowCount, 0, 'nothing is written')
  })
}
