import { randomUUID } from 'node:crypto'

import type { Role } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { formatInstant } from '../../src/domain/instants.ts'
import type { DaySheet, Grid } from '../../src/staff-views/schemas.ts'
import { addResources, addService, call } from '../helpers/call.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
/** Ten minutes before, five after, in a scan room. */
let scan: string
let room = ''
const SAO_PAULO = randomUUID() as string
const ADMIN = randomUUID() as string

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async (pieces) => {
      scan = await addService(pieces, { room_kind: 'scan', buffer_before: '10 min', buffer_after: '5 min' })
      ;[room = ''] = await addResources(pieces, 'scan', 1)
      const { pool, people } = pieces
      await pool.query(`INSERT INTO clinic VALUES ($1, 1, true, 'Posto', 'São Paulo', 'America/Sao_Paulo')`, [
        SAO_PAULO,
      ])
      // 21:00 to 24:00 in São Paulo is the next day of UTC.
      await pool.query(
        `INSERT INTO doctor_window SELECT $1, start, start + interval '3 hours', $2
         FROM (SELECT date_trunc('day', now(), 'UTC') + interval '10 days' AS start) s`,
        [people.doctors[2], SAO_PAULO],
      )
    },
  })
  world.work()
})

interface Visit {
  n: number
  doctor: number
  day: number
  patient: number
  serviceId?: string
}

const book = async ({ n, doctor, day, patient, serviceId = world.people.consultation }: Visit) => {
  const { people, slot } = world
  const body = { doctorId: people.doctors[doctor], serviceId, start: slot(n, day) }
  const answer = await world.book(body, { as: people.patients[patient] ?? '' })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return answer.json<{ id: string }>().id
}

const read = async <T>(path: string, as: string, role: Role = 'admin') => {
  const answer = await call(world, 'GET', path, { as, role })
  return { status: answer.statusCode, body: answer.json<T & { code?: string }>() }
}

const day = (n: number) => `from=${world.slot(-24, n)}&to=${world.slot(48, n)}`
const ids = (visits: readonly { id: string }[] | undefined) => visits?.map(({ id }) => id)
const column = ({ columns }: Grid, id: string | undefined) => columns.find((one) => one.id === id)

test('a doctor’s column has hours, visits with their buffers, and holds, but nothing cancelled', async (t) => {
  const { people, slot } = world
  const doctor = people.doctors[0]
  const visit = await book({ n: 3, doctor: 0, day: 0, patient: 0, serviceId: scan })
  const gone = await book({ n: 6, doctor: 0, day: 0, patient: 1 })
  await call(world, 'POST', `/v1/appointments/${gone}/cancel`, { as: people.patients[1] ?? '' })
  const held = await call(world, 'POST', '/v1/holds', {
    as: people.patients[2] ?? '',
    body: { doctorId: doctor, serviceId: people.consultation, start: slot(9) },
  })

  const { body } = await read<Grid>(`/v1/grids?by=doctor&clinicId=${people.clinic}&${day(0)}`, ADMIN)
  const found = column(body, doctor)
  t.deepEqual(ids(found?.visits), [visit, held.json<{ id: string }>().id])
  const at = (text: string, minutes: number) => formatInstant(Date.parse(text) / 1_000 + minutes * 60)
  t.like(found?.visits[0], {
    ...{ status: 'booked', roomId: room, start: slot(3) },
    ...{ busyFrom: at(slot(3), -10), busyTo: at(slot(3), 25) },
  })
  t.deepEqual(found?.hours, [{ doctorId: doctor, clinicId: people.clinic, start: slot(0), end: slot(30) }])
  t.deepEqual(body.services.map(({ id }) => id).sort(), [scan, people.consultation].sort())
  t.false(
    body.columns.some(({ id }) => id === people.doctors[3]),
    'who takes no bookings has no column',
  )
})

test('a room’s column has the visits in it, whoever the doctor is', async (t) => {
  const { people } = world
  const visits = [
    await book({ n: 3, doctor: 0, day: 1, patient: 10, serviceId: scan }),
    await book({ n: 6, doctor: 1, day: 1, patient: 11, serviceId: scan }),
  ]
  await book({ n: 9, doctor: 1, day: 1, patient: 12 })
  const { body } = await read<Grid>(`/v1/grids?by=room&clinicId=${people.clinic}&${day(1)}`, ADMIN)
  t.deepEqual(ids(column(body, room)?.visits), visits)
  t.is(column(body, room)?.kind, 'scan')
})

test('a clinic’s column has the visits there, also of a doctor who left, and of no other clinic', async (t) => {
  const { people, pool } = world
  const visits = [
    await book({ n: 0, doctor: 0, day: 2, patient: 20 }),
    await book({ n: 1, doctor: 2, day: 2, patient: 21 }),
  ]
  await pool.query(`UPDATE doctor SET clinic_ids = array_remove(clinic_ids, $1) WHERE id = $2`, [
    people.clinic,
    people.doctors[2],
  ])
  const { body } = await read<Grid>(`/v1/grids?by=clinic&${day(2)}`, ADMIN)
  t.deepEqual(ids(column(body, people.clinic)?.visits), visits)
  t.deepEqual(ids(column(body, SAO_PAULO)?.visits), [])
})

test('a closure is told with its reason', async (t) => {
  const { people, pool, slot } = world
  await pool.query('INSERT INTO window_note VALUES ($1, $2, $3, $4, $5)', [
    people.doctors[0],
    slot(0, 12),
    slot(30, 12),
    people.clinic,
    'Ascension Day',
  ])
  const [grid, sheets] = await Promise.all([
    read<Grid>(`/v1/grids?by=doctor&clinicId=${people.clinic}&${day(12)}`, ADMIN),
    read<{ sheets: DaySheet[] }>(
      `/v1/day-sheets?clinicId=${people.clinic}&date=${slot(0, 12).slice(0, 10)}`,
      ADMIN,
    ),
  ])
  t.deepEqual(column(grid.body, people.doctors[0])?.notes, [
    {
      doctorId: people.doctors[0],
      clinicId: people.clinic,
      start: slot(0, 12),
      end: slot(30, 12),
      reason: 'Ascension Day',
    },
  ])
  t.deepEqual(sheets.body.sheets[0]?.notes, ['Ascension Day'])
})

test('doctors see their own visits and no others, patients none', async (t) => {
  const { people } = world
  const [own = '', other = ''] = people.doctors
  const mine = await book({ n: 0, doctor: 0, day: 3, patient: 30 })
  await book({ n: 0, doctor: 1, day: 3, patient: 31 })
  for (const by of ['doctor', 'clinic']) {
    const { body } = await read<Grid>(`/v1/grids?by=${by}&clinicId=${people.clinic}&${day(3)}`, own, 'doctor')
    t.deepEqual(ids(body.columns.flatMap(({ visits }) => visits)), [mine])
  }
  const rooms = await read<Grid>(`/v1/grids?by=room&clinicId=${people.clinic}&${day(1)}`, other, 'doctor')
  t.deepEqual(
    rooms.body.columns.flatMap(({ visits }) => visits.map(({ doctorId }) => doctorId)),
    [other],
  )
  t.is((await read(`/v1/grids?by=doctor&doctorId=${other}&${day(3)}`, own, 'doctor')).status, 404)
  const date = world.slot(0, 3).slice(0, 10)
  t.is((await read(`/v1/day-sheets?doctorId=${other}&date=${date}`, own, 'doctor')).status, 404)
  t.is((await read(`/v1/grids?by=doctor&${day(3)}`, people.patients[30] ?? '', 'patient')).status, 403)
})

test('a day sheet lists a day as the clinic’s clocks show it', async (t) => {
  const { people, slot } = world
  // 0:20 on the tenth day of UTC: 21:20 of the day before in São Paulo.
  const visit = await book({ n: -23, doctor: 2, day: 9, patient: 40 })
  const date = slot(0, 8).slice(0, 10)
  const { body } = await read<{ sheets: DaySheet[] }>(
    `/v1/day-sheets?clinicId=${SAO_PAULO}&date=${date}`,
    ADMIN,
  )
  const [sheet] = body.sheets
  t.like(sheet, { clinic: 'Posto', zone: 'America/Sao_Paulo' })
  t.like(sheet?.hours[0], { from: '21:00', to: '00:00' })
  t.deepEqual(
    sheet?.entries.map(({ time, until, service, appointment }) => [time, until, service, appointment.id]),
    [['21:20', '21:40', 'Consultation', visit]],
  )
  const next = await read<{ sheets: DaySheet[] }>(
    `/v1/day-sheets?clinicId=${SAO_PAULO}&date=${slot(0, 9).slice(0, 10)}`,
    ADMIN,
  )
  t.deepEqual(next.body.sheets[0]?.entries, [])
  const doctors = await read<{ sheets: DaySheet[] }>(
    `/v1/day-sheets?doctorId=${people.doctors[2] ?? ''}&date=${date}`,
    people.doctors[2] ?? '',
    'doctor',
  )
  t.true(
    doctors.body.sheets.some(({ entries }) => entries.some(({ appointment }) => appointment.id === visit)),
  )
})

interface Wrong {
  path: () => string
  status: number
  code: string
}

const refused = test.macro<[Wrong]>({
  exec: async (t, { path, status, code }) => {
    const answer = await read(path(), ADMIN)
    t.is(answer.status, status)
    t.is(answer.body.code, code)
  },
  title: (given, { code }) => `${given ?? ''}: ${code}`,
})

const grid = (query: string) => () => `/v1/grids?${query}`
const sheet = (query: () => string) => () => `/v1/day-sheets?date=2027-03-01${query()}`
test('ten years are too much for a grid', refused, {
  path: grid('by=doctor&from=2027-01-01T00:00:00Z&to=2037-01-01T00:00:00Z'),
  ...{ status: 400, code: 'BOOKING_RANGE_INVALID' },
})
test('three months are too much, too', refused, {
  path: grid('by=doctor&from=2027-01-01T00:00:00Z&to=2027-04-01T00:00:00Z'),
  ...{ status: 422, code: 'BOOKING_GRID_TOO_LARGE' },
})
test('rooms are those of a clinic', refused, {
  path: grid('by=room&from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z'),
  ...{ status: 400, code: 'BOOKING_CLINIC_MISSING' },
})
test('a sheet is of a clinic or a doctor', refused, {
  path: sheet(() => ''),
  ...{ status: 400, code: 'BOOKING_CLINIC_MISSING' },
})
test('a clinic that is not there has no sheet', refused, {
  path: sheet(() => `&clinicId=${randomUUID()}`),
  ...{ status: 404, code: 'BOOKING_NOT_FOUND' },
})
test('30 February has no sheet', refused, {
  path: () => `/v1/day-sheets?clinicId=${world.people.clinic}&date=2027-02-30`,
  ...{ status: 400, code: 'BOOKING_INSTANT_INVALID' },
})
