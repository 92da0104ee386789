import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { lastEventOf } from './helpers/outbox.ts'
import { doctorAtClinic } from './helpers/rotas.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
test.before(async () => {
  world = await createWorld(scope)
})

const read = (query: Record<string, string>) => world.app.inject({ url: '/v1/windows', query })

test('everybody may read windows, and sees what was published', async (t) => {
  const { doctorId, addRota, addException } = await doctorAtClinic(world)
  await addRota()
  await addException({ kind: 'closed', date: '2027-02-01', reason: 'Away' })
  const { from, to, windows } = (await lastEventOf(world.database.pool, doctorId)).data
  const answer = await read({ doctorId, from, to })

  t.is(answer.statusCode, 200)
  t.deepEqual(answer.json(), { doctorId, windows })
})

test('a window that is open at either end of the range is given whole', async (t) => {
  const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
  await addRota()
  const window = { start: '2027-01-11T11:00:00Z', end: '2027-01-11T15:00:00Z', clinicId }
  const between = async (from: string, to: string) => {
    const answer = await read({ doctorId, from, to })
    return answer.json<{ windows: object[] }>().windows
  }

  t.deepEqual(await between('2027-01-11T14:59:59Z', '2027-01-12T00:00:00Z'), [window])
  t.deepEqual(await between('2027-01-11T08:00:00-03:00', '2027-01-11T08:00:01-03:00'), [window])
  t.deepEqual(await between('2027-01-11T15:00:00Z', '2027-01-12T00:00:00Z'), [])
  t.deepEqual(await between('2027-01-11T00:00:00Z', '2027-01-11T11:00:00Z'), [])
})

test('the zone is the clinic’s: eight in Tokyo is eleven at night in UTC', async (t) => {
  const { addRota, windows } = await doctorAtClinic(world, { zone: 'Asia/Tokyo' })
  await addRota()

  t.deepEqual(await windows('2027-01-10', '2027-01-11'), ['2027-01-10T23:00:00Z/2027-01-11T03:00:00Z'])
})

test('closing a window that is open across midnight in UTC is published', async (t) => {
  // It is 15:00 on Monday in UTC, midnight in Tokyo: the window of Monday began at 23:00 on Sunday.
  const { doctorId, clinicId, addRota, addException } = await doctorAtClinic(world, { zone: 'Asia/Tokyo' })
  await addRota({ end: '24:00' })
  const open = { start: '2027-01-03T23:00:00Z', end: '2027-01-04T15:00:00Z', clinicId }
  t.deepEqual((await lastEventOf(world.database.pool, doctorId)).data.windows[0], open)
  await addException({ kind: 'closed', date: '2027-01-04', reason: 'Ill' })

  const { from, windows } = (await lastEventOf(world.database.pool, doctorId)).data
  t.true(from <= open.start)
  t.is(windows[0]?.start, '2027-01-10T23:00:00Z')
})

test('summer time moves a window in UTC and not on the wall', async (t) => {
  const { addRota, windows } = await doctorAtClinic(world, { zone: 'Europe/Lisbon' })
  await addRota({ weekday: 7, start: '01:30', end: '03:00' })

  t.deepEqual(await windows('2027-03-21', '2027-04-05'), [
    '2027-03-21T01:30:00Z/2027-03-21T03:00:00Z',
    '2027-03-28T01:00:00Z/2027-03-28T02:00:00Z', // 01:30 does not exist
    '2027-04-04T00:30:00Z/2027-04-04T02:00:00Z',
  ])
})

test('180 days may be read at once, and not a second more', async (t) => {
  const { doctorId, addRota } = await doctorAtClinic(world)
  await addRota()
  const from = '2027-01-01T00:00:00Z'
  const most = await read({ doctorId, from, to: '2027-06-30T00:00:00Z' })
  const more = await read({ doctorId, from, to: '2027-06-30T00:00:01Z' })

  t.is(most.statusCode, 200)
  t.is(most.json<{ windows: object[] }>().windows.length, 26)
  t.is(more.statusCode, 422)
  t.like(more.json(), { code: 'SCHEDULING_LIMIT', errors: { 0: { field: 'to' } } })
})

test('a doctor nobody knows is told, a doctor without a rota has no windows', async (t) => {
  const range = { from: '2027-01-01T00:00:00Z', to: '2027-01-02T00:00:00Z' }
  const unknown = await read({ doctorId: randomUUID(), ...range })
  const { doctorId } = await doctorAtClinic(world)

  t.is(unknown.statusCode, 422)
  t.like(unknown.json(), { code: 'SCHEDULING_DOCTOR_UNKNOWN', errors: { 0: { field: 'doctorId' } } })
  t.deepEqual((await read({ doctorId, ...range })).json(), { doctorId, windows: [] })
})
