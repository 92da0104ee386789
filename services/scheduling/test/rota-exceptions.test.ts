import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { eventsOf, lastEventOf } from './helpers/outbox.ts'
import { doctorAtClinic } from './helpers/rotas.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
test.before(async () => {
  world = await createWorld(scope)
})

const MONDAY: [string, string] = ['2027-01-11', '2027-01-12']
const HOLIDAY = { kind: 'closed', date: '2027-01-11', reason: 'Holiday' }

test('a closed date beats the weekly rule, and its windows are published', async (t) => {
  const { doctorId, addRota, addException, windows } = await doctorAtClinic(world)
  await addRota()
  await addException(HOLIDAY)

  t.deepEqual(await windows('2027-01-04', '2027-01-19'), [
    '2027-01-04T11:00:00Z/2027-01-04T15:00:00Z',
    '2027-01-18T11:00:00Z/2027-01-18T15:00:00Z',
  ])
  const { version, data } = await lastEventOf(world.database.pool, doctorId)
  t.is(version, 2)
  t.false(data.windows.some(({ start }) => start.startsWith('2027-01-11')))
})

test('part of a date is closed', async (t) => {
  const { addRota, addException, windows } = await doctorAtClinic(world)
  await addRota()
  await addException({ ...HOLIDAY, start: '09:00', end: '10:30' })

  t.deepEqual(await windows(...MONDAY), [
    '2027-01-11T11:00:00Z/2027-01-11T12:00:00Z',
    '2027-01-11T13:30:00Z/2027-01-11T15:00:00Z',
  ])
})

test('a closure may last several days', async (t) => {
  const { addRota, addException, windows } = await doctorAtClinic(world)
  await addRota()
  await addException({ ...HOLIDAY, lastDate: '2027-01-24' })

  t.deepEqual(await windows('2027-01-10', '2027-01-26'), ['2027-01-25T11:00:00Z/2027-01-25T15:00:00Z'])
})

test('an extra opening adds a window where the weekly rule has none', async (t) => {
  const { clinicId, addException, windows } = await doctorAtClinic(world)
  await addException({ kind: 'open', clinicId, date: '2027-01-16', start: '09:00', end: '11:00' })

  t.deepEqual(await windows('2027-01-15', '2027-01-18'), ['2027-01-16T12:00:00Z/2027-01-16T14:00:00Z'])
})

test('of two exceptions the later word counts, and editing one makes it the later', async (t) => {
  const { clinicId, headers, addException, windows } = await doctorAtClinic(world)
  const { id } = await addException(HOLIDAY)
  await addException({ kind: 'open', clinicId, date: HOLIDAY.date, start: '09:00', end: '11:00' })
  t.deepEqual(await windows(...MONDAY), ['2027-01-11T12:00:00Z/2027-01-11T14:00:00Z'])

  const edited = await world.app.inject({
    method: 'PUT',
    url: `/v1/rota-exceptions/${id}`,
    headers: { ...headers, 'if-match': '"1"' },
    payload: { ...HOLIDAY, reason: 'Closed all the same' },
  })
  t.is(edited.statusCode, 200)
  t.like(edited.json(), { version: 2, reason: 'Closed all the same', start: '00:00', end: '24:00' })
  t.deepEqual(await windows(...MONDAY), [])
})

test('an exception is read with its version and removed on it', async (t) => {
  const { doctorId, headers, addRota, addException, windows } = await doctorAtClinic(world)
  await addRota()
  const { id } = await addException(HOLIDAY)
  const url = `/v1/rota-exceptions/${id}`
  const read = await world.app.inject({ url, headers })
  t.is(read.headers.etag, '"1"')
  t.deepEqual(read.json(), {
    id,
    doctorId,
    clinicId: null,
    kind: 'closed',
    date: '2027-01-11',
    lastDate: '2027-01-11',
    start: '00:00',
    end: '24:00',
    reason: 'Holiday',
    by: null,
    changeId: null,
    version: 1,
  })

  const remove = (ifMatch?: string) => {
    const extra = ifMatch === undefined ? {} : { 'if-match': ifMatch }
    return world.app.inject({ method: 'DELETE', url, headers: { ...headers, ...extra } })
  }
  t.is((await remove()).statusCode, 428)
  t.is((await remove('"2"')).statusCode, 412)
  t.is((await remove('"1"')).statusCode, 200)
  t.is((await remove('"1"')).statusCode, 404)
  t.deepEqual(await windows(...MONDAY), ['2027-01-11T11:00:00Z/2027-01-11T15:00:00Z'])
  t.is((await eventsOf(world.database.pool, doctorId)).length, 3)
})

test('exceptions are listed by date, page by page, within a span of dates', async (t) => {
  const { doctorId, headers, addException } = await doctorAtClinic(world)
  for (const date of ['2027-03-01', '2027-01-05', '2027-02-01']) await addException({ ...HOLIDAY, date })
  const list = async (query: Record<string, string>) => {
    const page = await world.app.inject({
      url: '/v1/rota-exceptions',
      headers,
      query: { doctorId, ...query },
    })
    return page.json<{ items: { date: string }[]; next: string | null }>()
  }
  const first = await list({ limit: '2' })
  const second = await list({ limit: '2', cursor: first.next ?? '' })

  t.deepEqual(
    [...first.items, ...second.items].map(({ date }) => date),
    ['2027-01-05', '2027-02-01', '2027-03-01'],
  )
  t.is(second.next, null)
  const february = await list({ from: '2027-01-06', to: '2027-02-28' })
  t.deepEqual(
    february.items.map(({ date }) => date),
    ['2027-02-01'],
  )
})

test('a day does not fall into more windows than an event can carry', async (t) => {
  const { clinicId, doctorId, addException, post } = await doctorAtClinic(world)
  const open = (hour: number) => {
    const start = `${String(hour).padStart(2, '0')}:00`
    return { kind: 'open', clinicId, date: '2027-01-11', start, end: start.replace(':00', ':30') }
  }
  for (let hour = 0; hour < 20; hour++) await addException(open(hour))
  const many = { kind: 'open', clinicId, date: '2027-01-11' }
  for (const start of ['00:40', '01:40', '02:40', '03:40']) {
    await addException({ ...many, start, end: start.replace(':40', ':50') })
  }
  const answer = await post('/v1/rota-exceptions', { doctorId, ...many, start: '04:40', end: '04:50' })

  t.is(answer.statusCode, 422)
  t.like(answer.json(), { code: 'SCHEDULING_LIMIT', errors: { 0: { field: 'date' } } })
})
