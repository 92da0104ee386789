import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { eventOf } from '../src/api/tell.ts'
import { findAppointment } from '../src/store/find-appointment.ts'
import { addResources, addService, call, until } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
let limited: string
let grouped: string

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      limited = await addService(pieces, { max_open: 1 })
      grouped = await addService(pieces, { capacity: 4, room_kind: 'gym', device_kind: 'bike' })
      await addResources(pieces, 'gym', 1)
      await addResources(pieces, 'bike', 1)
    },
  })
})

interface Told {
  id: string
  code?: string
  alternatives?: unknown[]
}

const times = (count: number) => Array.from({ length: count }, (_, index) => index)
const slotOf = (n: number, day: number, serviceId = world.people.consultation) => ({
  ...{ doctorId: world.people.doctors[0] ?? '', serviceId },
  start: world.slot(n, day),
})
const hold = async (patient: number, body: object) =>
  call(world, 'POST', '/v1/holds', { as: world.people.patients[patient] ?? '', body })

/** What was answered, by status or code. */
const outcomesOf = (answers: readonly Awaited<ReturnType<typeof hold>>[]) =>
  answers
    .map((answer) => (answer.statusCode === 201 ? '201' : `${answer.statusCode} ${answer.json<Told>().code}`))
    .sort()

async function recorded(column: 'doctor_id' | 'patient_id', id: string, day: number) {
  const { rows } = await world.pool.query<{ id: string; logged: number; told: number }>(
    `SELECT a.id, (SELECT count(*)::int FROM appointment_event WHERE appointment_id = a.id) AS logged,
       (SELECT count(*)::int FROM outbox WHERE event LIKE '%"appointmentId":"' || a.id || '"%') AS told
     FROM appointment a WHERE a.${column} = $1 AND lower(a.visit) >= $2 AND lower(a.visit) < $2::timestamptz + interval '12 h'`,
    [id, world.slot(0, day)],
  )
  return rows
}

test('of many who hold one slot at once exactly one has it; the others are told of other slots', async (t) => {
  const answers = await Promise.all(times(100).map(async (n) => hold(n, slotOf(3, 0))))
  t.deepEqual(outcomesOf(answers), ['201', ...times(99).map(() => '409 BOOKING_SLOT_TAKEN')])
  for (const answer of answers.filter(({ statusCode }) => statusCode === 409))
    t.true((answer.json<Told>().alternatives ?? []).length >= 3)
  const rows = await recorded('doctor_id', world.people.doctors[0] ?? '', 0)
  t.like(rows, [{ logged: 1, told: 1 }])
  t.is(rows.length, 1)
})

test('a patient who asks for one slot many times at once has one hold, told once', async (t) => {
  const answers = await Promise.all(times(12).map(async () => hold(200, slotOf(3, 1))))
  t.deepEqual(
    outcomesOf(answers),
    times(12).map(() => '201'),
  )
  t.is(new Set(answers.map((answer) => answer.json<Told>().id)).size, 1)
  const rows = await recorded('patient_id', world.people.patients[200] ?? '', 1)
  t.like(rows, [{ logged: 1, told: 1 }])
  t.is(rows.length, 1)
})

test('of many slots that a patient holds at once three are held, the last of them asked for again included', async (t) => {
  const answers = await Promise.all(times(9).map(async (n) => hold(201, slotOf(n, 2))))
  t.deepEqual(outcomesOf(answers), [
    ...['201', '201', '201'],
    ...times(6).map(() => '409 BOOKING_TOO_MANY_HELD'),
  ])
  const held = answers.flatMap((answer, n) => (answer.statusCode === 201 ? [n] : []))
  const again = await Promise.all(held.map(async (n) => hold(201, slotOf(n, 2))))
  t.deepEqual(outcomesOf(again), ['201', '201', '201'])
})

test('of a service that allows one open appointment a patient holds one, however many are asked for at once', async (t) => {
  const answers = await Promise.all(times(6).map(async (n) => hold(202, slotOf(n, 3, limited))))
  t.deepEqual(outcomesOf(answers), ['201', ...times(5).map(() => '409 BOOKING_TOO_MANY_OPEN')])
  const same = await Promise.all(times(4).map(async () => hold(203, slotOf(9, 3, limited))))
  t.deepEqual(outcomesOf(same), ['201', '201', '201', '201'])
})

test('the seats of a group visit are held by as many as there are, and the event says which room it is in', async (t) => {
  const answers = await Promise.all(times(7).map(async (n) => hold(210 + n, slotOf(6, 4, grouped))))
  t.deepEqual(outcomesOf(answers), [
    ...times(4).map(() => '201'),
    ...times(3).map(() => '409 BOOKING_SESSION_FULL'),
  ])
  const id = answers.find(({ statusCode }) => statusCode === 201)?.json<Told>().id ?? ''
  const row = await findAppointment(world.pool, id)
  const { rows } = await world.pool.query<{ event_id: string; subject: string; event: string }>(
    `SELECT event_id, subject, event FROM outbox WHERE event LIKE '%"appointmentId":"' || $1::text || '"%'`,
    [id],
  )
  const told = JSON.parse(rows[0]?.event ?? '{}') as { id: string; occurredAt: string; traceparent: string }
  const { event, subject } = eventOf(row ?? t.fail(), {
    ...{ type: 'appointment.held', newId: () => told.id, now: () => new Date(told.occurredAt) },
    traceparent: told.traceparent,
  })
  t.deepEqual(told, event as unknown)
  t.like(rows, [{ subject, event_id: told.id }])
  t.regex(told.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
  t.truthy(row?.room_id ?? row?.session_id)
})

test.serial('the relay is woken when a slot is held, and when a hold is extended', async (t) => {
  const client = await world.pool.connect()
  t.teardown(() => client.release(true))
  let woken = 0
  client.on('notification', ({ channel }) => (woken += Number(channel === 'outbox')))
  await client.query('LISTEN outbox')
  const { id } = (await hold(220, slotOf(9, 5))).json<Told>()
  await until(async () => woken > 0)
  woken = 0
  const as = world.people.patients[220] ?? ''
  t.is((await call(world, 'POST', `/v1/holds/${id}/extend`, { as })).statusCode, 200)
  await until(async () => woken > 0)
  t.pass()
})
