import { randomUUID } from 'node:crypto'

import { WindowsChanged } from '@medqueue/contracts'
import { fileScope } from '@medqueue/testing'
import test from 'ava'
import { Check } from 'typebox/value'

import { rollHorizon } from '../src/operations/roll-horizon.ts'
import { everything, eventsOf, lastEventOf } from './helpers/outbox.ts'
import { doctorAtClinic, rotaBody } from './helpers/rotas.ts'
import { bookVisit } from './helpers/visits.ts'
import { createWorld, silent, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope)
})

type Method = 'POST' | 'PUT' | 'DELETE'
const send = async (method: Method, url: string, payload?: object, ifMatch?: string) => {
  const headers = { ...world.as('admin'), ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) }
  return world.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
}
const closeClinic = async (body: object) => {
  const answer = await send('POST', '/v1/closures', { reason: 'Roof repair', ...body })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return answer.json<{ id: string; hits: object[]; hitCount: number }>()
}

/** Mondays 08:00–12:00 in Vitória are 11:00–15:00 in UTC; 2027-01-11 is one. */
const MONDAY = '2027-01-11'
const monday = (time: string) => `${MONDAY}T${time}:00Z`
const mondayNote = (clinicId: string, reason: string) => {
  return { start: monday('03:00'), end: '2027-01-12T03:00:00Z', clinicId, reason }
}

test.serial('a closed clinic has no windows, says why, and opens again when it is taken back', async (t) => {
  const { doctorId, clinicId, addRota, windows } = await doctorAtClinic(world)
  await addRota()
  t.deepEqual(await windows(MONDAY, '2027-01-12'), [`${monday('11:00')}/${monday('15:00')}`])

  const { id } = await closeClinic({ clinicId, date: MONDAY })
  t.deepEqual(await windows(MONDAY, '2027-01-12'), [])
  const { data } = await lastEventOf(world.database.pool, doctorId)
  t.true(Check(WindowsChanged, data))
  t.false(data.windows.some(({ start }) => start.startsWith(MONDAY)))
  t.deepEqual(data.notes, [mondayNote(clinicId, 'Roof repair')])

  const shorter = { clinicId, date: MONDAY, start: '08:00', end: '10:00', reason: 'Staff meeting' }
  t.is((await send('PUT', `/v1/closures/${id}`, shorter, '"1"')).statusCode, 200)
  t.deepEqual(await windows(MONDAY, '2027-01-12'), [`${monday('13:00')}/${monday('15:00')}`])

  t.is((await send('DELETE', `/v1/closures/${id}`, undefined, '"2"')).statusCode, 200)
  t.deepEqual(await windows(MONDAY, '2027-01-12'), [`${monday('11:00')}/${monday('15:00')}`])
  t.deepEqual((await lastEventOf(world.database.pool, doctorId)).data.notes, [])
})

test.serial('a closure beats an opening that a doctor has said', async (t) => {
  const { clinicId, addException, windows } = await doctorAtClinic(world)
  await addException({ kind: 'open', clinicId, date: MONDAY, start: '08:00', end: '12:00' })
  await closeClinic({ clinicId, date: MONDAY })
  t.deepEqual(await windows(MONDAY, '2027-01-12'), [])
})

test.serial('a closure of one clinic leaves the others open and their doctors in peace', async (t) => {
  const one = await doctorAtClinic(world)
  const other = await doctorAtClinic(world)
  await one.addRota()
  await other.addRota()
  await closeClinic({ clinicId: one.clinicId, date: MONDAY })
  t.deepEqual(await one.windows(MONDAY, '2027-01-12'), [])
  t.is((await other.windows(MONDAY, '2027-01-12')).length, 1)
  t.is((await eventsOf(world.database.pool, other.doctorId)).length, 1)
})

test.serial('a closure of the whole organisation is told at every clinic by its own clocks', async (t) => {
  const here = await doctorAtClinic(world)
  const tokyo = await doctorAtClinic(world, { zone: 'Asia/Tokyo' })
  for (const { addRota } of [here, tokyo]) await addRota()
  const { id } = await closeClinic({ clinicId: null, date: MONDAY, reason: 'Anniversary' })
  t.deepEqual((await lastEventOf(world.database.pool, here.doctorId)).data.notes, [
    mondayNote(here.clinicId, 'Anniversary'),
  ])
  t.deepEqual((await lastEventOf(world.database.pool, tokyo.doctorId)).data.notes, [
    {
      start: '2027-01-10T15:00:00Z',
      end: '2027-01-11T15:00:00Z',
      clinicId: tokyo.clinicId,
      reason: 'Anniversary',
    },
  ])
  t.is((await send('DELETE', `/v1/closures/${id}`, undefined, '*')).statusCode, 200)
})

test.serial(
  'closing says which visits it hits, before and after, and they stay listed until they are gone',
  async (t) => {
    const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
    await addRota()
    const place = { doctorId, clinicId }
    const hit = await bookVisit(world, { ...place, start: monday('12:00'), end: monday('12:20') })
    await bookVisit(world, { ...place, start: '2027-01-18T12:00:00Z', end: '2027-01-18T12:20:00Z' })
    await bookVisit(
      world,
      { ...place, start: monday('13:00'), end: monday('13:20') },
      { status: 'cancelled' },
    )
    const expected = [{ appointmentId: hit, ...place, start: monday('12:00'), end: monday('12:20') }]
    const open = async () => {
      const url = `/v1/schedule-hits?doctorId=${doctorId}`
      const answer = await world.app.inject({ url, headers: world.as('doctor', doctorId) })
      return answer.json<{ items: object[] }>().items
    }

    const before = await everything(world.database.pool)
    const body = { clinicId, date: MONDAY, reason: 'Roof repair' }
    const tried = await send('POST', '/v1/closures?dryRun=true', body)
    t.is(tried.statusCode, 200)
    t.like(tried.json(), { dryRun: true, hits: expected, hitCount: 1 })
    t.is(await everything(world.database.pool), before)
    t.deepEqual(await open(), [])

    t.like(await closeClinic({ clinicId, date: MONDAY }), { hits: expected, hitCount: 1 })
    t.deepEqual(await open(), expected)
    await bookVisit(
      world,
      { ...place, start: monday('12:00'), end: monday('12:20') },
      { id: hit, version: 2, status: 'cancelled' },
    )
    t.deepEqual(await open(), [])
  },
)

test.serial('public holidays close a clinic by their names, unless the clinic works on them', async (t) => {
  const { doctorId, clinicId, addRota, windows } = await doctorAtClinic(world)
  for (const weekday of [1, 3]) await addRota({ weekday })
  const url = `/v1/holiday-calendars/${clinicId}`
  const spiritoSanto = { country: 'BR', region: 'ES', language: 'en' }
  // 2027-04-21 is a Wednesday, 2027-04-05 a Monday.
  const made = await send('PUT', url, spiritoSanto)
  t.is(made.statusCode, 200)
  t.deepEqual(await windows('2027-04-21', '2027-04-22'), [])
  const { notes = [] } = (await lastEventOf(world.database.pool, doctorId)).data
  t.deepEqual(
    notes.filter(({ start }) => start.startsWith('2027-04')),
    [
      {
        start: '2027-04-05T03:00:00Z',
        end: '2027-04-06T03:00:00Z',
        clinicId,
        reason: 'Dia de Nossa Senhora da Penha',
      },
      { start: '2027-04-21T03:00:00Z', end: '2027-04-22T03:00:00Z', clinicId, reason: "Tiradentes' Day" },
    ],
  )
  const worked = await send(
    'PUT',
    url,
    { ...spiritoSanto, worked: ['2027-04-21'] },
    String(made.headers.etag),
  )
  t.is(worked.statusCode, 200)
  t.is((await windows('2027-04-21', '2027-04-22')).length, 1)
  t.deepEqual(await windows('2027-04-05', '2027-04-06'), [])

  const listed = await world.app.inject({ url: `${url}/holidays?year=2027` })
  t.true(
    listed
      .json<{ items: object[] }>()
      .items.some((item) => 'name' in item && item.name === "Tiradentes' Day" && 'date' in item),
  )
  t.is((await send('PUT', url, spiritoSanto)).statusCode, 428)
  t.is((await send('PUT', url, spiritoSanto, '"1"')).statusCode, 412)
  t.is((await send('DELETE', url, undefined, '"2"')).statusCode, 200)
  t.is((await windows('2027-04-05', '2027-04-06')).length, 1)
  t.is((await world.app.inject({ url })).statusCode, 404)
})

test.serial('a holiday calendar that hits visits says so before it is kept', async (t) => {
  const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
  await addRota({ weekday: 3 })
  const place = { doctorId, clinicId }
  const id = await bookVisit(world, { ...place, start: '2027-04-21T12:00:00Z', end: '2027-04-21T12:20:00Z' })
  const url = `/v1/holiday-calendars/${clinicId}`
  const tried = await send('PUT', `${url}?dryRun=true`, { country: 'BR' })
  t.like(tried.json(), { dryRun: true, hits: [{ appointmentId: id }], hitCount: 1 })
  t.is((await world.app.inject({ url })).statusCode, 404)
})

test.serial('closures are listed for everybody, by clinic and date, those of every clinic too', async (t) => {
  const clinicId = await world.addClinic()
  const other = await world.addClinic()
  const own = await closeClinic({ clinicId, date: '2028-02-01', lastDate: '2028-02-03' })
  const all = await closeClinic({ clinicId: null, date: '2028-02-02' })
  await closeClinic({ clinicId: other, date: '2028-02-02' })
  await closeClinic({ clinicId, date: '2028-03-02' })
  const query = { clinicId, from: '2028-02-01', to: '2028-02-28' }
  const answer = await world.app.inject({ url: '/v1/closures', query })
  t.deepEqual(
    answer.json<{ items: { id: string }[] }>().items.map(({ id }) => id),
    [own.id, all.id],
  )
  for (const { id } of [own, all]) await send('DELETE', `/v1/closures/${id}`, undefined, '*')
})

const closure = (overrides: object) => ({
  clinicId: null,
  date: '2028-05-01',
  reason: 'Closed',
  ...overrides,
})
const spoilt: [string, object, number, string][] = [
  ['ends before it begins', closure({ lastDate: '2028-04-30' }), 422, 'lastDate'],
  ['lasts ten years', closure({ lastDate: '2038-05-01' }), 422, 'lastDate'],
  ['ends in the morning before', closure({ start: '12:00', end: '08:00' }), 422, 'end'],
  ['has an end and no start', closure({ end: '08:00' }), 422, 'start'],
  ['is on no date of the calendar', closure({ date: '2027-02-29' }), 422, 'date'],
  ['has no reason', closure({ reason: '' }), 400, 'reason'],
  ['has a reason of two lines', closure({ reason: 'a\nb' }), 400, 'reason'],
  ['is at a clinic nobody knows', closure({ clinicId: randomUUID() }), 422, 'clinicId'],
  ['says too much', closure({ colour: 'red' }), 400, 'colour'],
]
for (const [name, body, status, field] of spoilt) {
  test.serial(`a closure that ${name} is refused`, async (t) => {
    const before = await everything(world.database.pool)
    const answer = await send('POST', '/v1/closures', body)
    t.is(answer.statusCode, status, answer.body)
    t.like(answer.json(), { errors: [{ field }] })
    t.is(await everything(world.database.pool), before)
  })
}

test.serial('a closure by the clock that the clocks skip is refused by name', async (t) => {
  const clinicId = await world.addClinic({ zone: 'Europe/Berlin' })
  const answer = await send('POST', '/v1/closures', {
    ...closure({ clinicId, date: '2027-03-28', start: '02:30', end: '06:00' }),
  })
  t.is(answer.statusCode, 422)
  t.like(answer.json(), { code: 'SCHEDULING_TIME_SKIPPED', errors: [{ field: 'start' }] })
})

const calendars: [string, object, number, string][] = [
  ['of no country', { country: 'XX' }, 422, 'country'],
  ['of a country in small letters', { country: 'br' }, 400, 'country'],
  ['of no region', { country: 'BR', region: 'XX' }, 422, 'region'],
  ['of a year without leap day', { country: 'BR', worked: ['2027-02-29'] }, 422, 'worked.0'],
]
for (const [name, body, status, field] of calendars) {
  test.serial(`a holiday calendar ${name} is refused`, async (t) => {
    const clinicId = await world.addClinic()
    const before = await everything(world.database.pool)
    const answer = await send('PUT', `/v1/holiday-calendars/${clinicId}`, body)
    t.is(answer.statusCode, status, answer.body)
    t.like(answer.json(), { errors: [{ field }] })
    t.is(await everything(world.database.pool), before)
  })
}

test.serial('stale and unknown versions of closures change nothing', async (t) => {
  const { id } = await closeClinic({ clinicId: null, date: '2028-06-01' })
  const before = await everything(world.database.pool)
  const url = `/v1/closures/${id}`
  t.is((await send('PUT', url, closure({}), '"7"')).statusCode, 412)
  t.is((await send('PUT', url, closure({}))).statusCode, 428)
  t.is((await send('DELETE', url, undefined, '"7"')).statusCode, 412)
  t.is((await send('DELETE', url)).statusCode, 428)
  t.is((await send('PUT', `/v1/closures/${randomUUID()}`, closure({}), '*')).statusCode, 404)
  t.is(await everything(world.database.pool), before)
  await send('DELETE', url, undefined, '*')
})

test.serial(
  'doctors who were due when a publication was cut short are published by the hourly job',
  async (t) => {
    const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
    await addRota()
    const { pool } = world.database
    await pool.query(`INSERT INTO closures (id, clinic_id, dates, minutes, reason)
    VALUES ('${randomUUID()}', '${clinicId}', '[${MONDAY},${MONDAY}]', '[0,1440)', 'Cut short')`)
    await pool.query(`UPDATE schedules SET published_on = '-infinity' WHERE doctor_id = $1`, [doctorId])
    t.is(await rollHorizon(world.core, silent), 1)
    t.deepEqual((await lastEventOf(pool, doctorId)).data.notes, [mondayNote(clinicId, 'Cut short')])
  },
)

test.serial('a new doctor at a closed clinic is closed from the first word', async (t) => {
  const clinicId = await world.addClinic()
  await closeClinic({ clinicId, date: MONDAY })
  const doctorId = await world.addDoctor([clinicId])
  t.is((await send('POST', '/v1/rotas', rotaBody(doctorId, clinicId))).statusCode, 201)
  const { data } = await lastEventOf(world.database.pool, doctorId)
  t.false(data.windows.some(({ start }) => start.startsWith(MONDAY)))
  t.deepEqual(data.notes, [mondayNote(clinicId, 'Roof repair')])
})
