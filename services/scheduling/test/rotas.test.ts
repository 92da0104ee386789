import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { eventsOf, lastEventOf } from './helpers/outbox.ts'
import { doctorAtClinic, rotaBody, rotaValues } from './helpers/rotas.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
test.before(async () => {
  world = await createWorld(scope)
})

test('a row is created, read back with its zone, and publishes windows', async (t) => {
  const { doctorId, clinicId, headers, post } = await doctorAtClinic(world)
  const created = await post('/v1/rotas', rotaBody(doctorId, clinicId))

  t.is(created.statusCode, 201)
  t.is(created.headers.etag, '"1"')
  const url = String(created.headers.location)
  const read = await world.app.inject({ url, headers })
  t.deepEqual({ ...read.json<object>(), dryRun: false, hits: [], hitCount: 0 }, created.json())
  t.like(read.json(), {
    doctorId,
    clinicId,
    weekday: 1,
    start: '08:00',
    end: '12:00',
    effectiveFrom: '2027-01-01',
    effectiveTo: null,
    zone: 'America/Sao_Paulo',
    version: 1,
  })
  t.like(await lastEventOf(world.database.pool, doctorId), {
    type: 'schedule.windows.changed',
    source: 'scheduling',
    subject: doctorId,
    version: 1,
    data: { doctorId, version: 1, from: '2027-01-03T00:00:00Z', to: '2027-05-04T00:00:00Z' },
  })
})

test('published windows are those of the horizon, Mondays at eleven in UTC', async (t) => {
  const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
  await addRota()
  const { windows } = (await lastEventOf(world.database.pool, doctorId)).data

  t.is(windows.length, 18)
  t.deepEqual(windows[0], { start: '2027-01-04T11:00:00Z', end: '2027-01-04T15:00:00Z', clinicId })
  t.deepEqual(windows.at(-1), { start: '2027-05-03T11:00:00Z', end: '2027-05-03T15:00:00Z', clinicId })
})

test('a split shift is two rows', async (t) => {
  const { addRota, windows } = await doctorAtClinic(world)
  await addRota()
  await addRota({ start: '13:00', end: '17:00' })

  t.deepEqual(await windows('2027-01-04', '2027-01-05'), [
    '2027-01-04T11:00:00Z/2027-01-04T15:00:00Z',
    '2027-01-04T16:00:00Z/2027-01-04T20:00:00Z',
  ])
})

test('a row counts between its effective dates, both included', async (t) => {
  const { addRota, windows } = await doctorAtClinic(world)
  await addRota({ effectiveFrom: '2027-01-11', effectiveTo: '2027-01-18' })

  t.deepEqual(await windows('2027-01-01', '2027-02-01'), [
    '2027-01-11T11:00:00Z/2027-01-11T15:00:00Z',
    '2027-01-18T11:00:00Z/2027-01-18T15:00:00Z',
  ])
})

test('an overlapping row is refused, and the row in the way is named', async (t) => {
  const { doctorId, clinicId, post, addRota } = await doctorAtClinic(world)
  const first = await addRota()
  const answer = await post('/v1/rotas', rotaBody(doctorId, clinicId, { start: '11:59', end: '13:00' }))

  t.is(answer.statusCode, 409)
  t.is(answer.headers['content-type'], 'application/problem+json')
  t.like(answer.json(), {
    code: 'SCHEDULING_ROTA_OVERLAP',
    clash: { id: first.id, weekday: 1, start: '08:00' },
  })
  t.like(answer.json(), { errors: { 0: { field: 'start' } } })
  t.is((await eventsOf(world.database.pool, doctorId)).length, 1)
})

test('an overlap with a row at another clinic is refused too', async (t) => {
  const here = await world.addClinic()
  const there = await world.addClinic()
  const doctorId = await world.addDoctor([here, there])
  const headers = world.as('admin')
  const add = (clinicId: string) => {
    return world.app.inject({
      method: 'POST',
      url: '/v1/rotas',
      headers,
      payload: rotaBody(doctorId, clinicId),
    })
  }

  t.is((await add(here)).statusCode, 201)
  t.is((await add(there)).statusCode, 409)
})

test('of many overlapping rows sent at once one is taken', async (t) => {
  const { doctorId, clinicId, post } = await doctorAtClinic(world)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => post('/v1/rotas', rotaBody(doctorId, clinicId))),
  )

  const statuses = answers.map(({ statusCode }) => statusCode).sort()
  t.deepEqual(statuses, [201, ...Array<number>(7).fill(409)])
  t.is((await eventsOf(world.database.pool, doctorId)).length, 1)
})

test('changes of one doctor sent at once are published in the order of their versions', async (t) => {
  const { doctorId, clinicId, post } = await doctorAtClinic(world)
  await Promise.all(
    [1, 2, 3, 4, 5, 6, 7].map((weekday) => post('/v1/rotas', rotaBody(doctorId, clinicId, { weekday }))),
  )
  const events = await eventsOf(world.database.pool, doctorId)

  t.deepEqual(
    events.map(({ version }) => version),
    [1, 2, 3, 4, 5, 6, 7],
  )
  const counts = events.map(({ data }) => data.windows.length)
  t.deepEqual(
    counts,
    counts.toSorted((a, b) => a - b),
  )
})

test('a row is replaced on the version it was read at', async (t) => {
  const { clinicId, headers, addRota, windows } = await doctorAtClinic(world)
  const { id } = await addRota()
  const values = rotaValues(clinicId, { end: '10:00' })
  const put = (ifMatch: string) => {
    const url = `/v1/rotas/${id}`
    return world.app.inject({
      method: 'PUT',
      url,
      headers: { ...headers, 'if-match': ifMatch },
      payload: values,
    })
  }
  const replaced = await put('"1"')

  t.is(replaced.statusCode, 200)
  t.is(replaced.headers.etag, '"2"')
  t.like(replaced.json(), { id, end: '10:00', version: 2 })
  t.deepEqual(await windows('2027-01-04', '2027-01-05'), ['2027-01-04T11:00:00Z/2027-01-04T13:00:00Z'])

  const stale = await put('"1"')
  t.is(stale.statusCode, 412)
  t.like(stale.json(), { code: 'SCHEDULING_VERSION_STALE' })
  t.is((await put('W/"2"')).statusCode, 412)
  t.is((await put('"7", "2"')).statusCode, 200)
  t.is((await put('*')).statusCode, 200)
})

test('a row may not be moved onto another', async (t) => {
  const { clinicId, headers, addRota } = await doctorAtClinic(world)
  const morning = await addRota()
  const { id } = await addRota({ start: '13:00', end: '17:00' })
  const payload = rotaValues(clinicId, { start: '11:00', end: '17:00' })
  const answer = await world.app.inject({
    method: 'PUT',
    url: `/v1/rotas/${id}`,
    headers: { ...headers, 'if-match': '"1"' },
    payload,
  })

  t.is(answer.statusCode, 409)
  t.like(answer.json(), { clash: { id: morning.id } })
})

test('a removed row takes its windows with it', async (t) => {
  const { doctorId, headers, addRota, windows } = await doctorAtClinic(world)
  const { id } = await addRota()
  const remove = (extra: object) => {
    return world.app.inject({ method: 'DELETE', url: `/v1/rotas/${id}`, headers: { ...headers, ...extra } })
  }

  t.is((await remove({})).statusCode, 428)
  t.is((await remove({ 'if-match': '"9"' })).statusCode, 412)
  t.is((await remove({ 'if-match': '"1"' })).statusCode, 200)
  t.is((await remove({ 'if-match': '"1"' })).statusCode, 404)
  t.deepEqual(await windows('2027-01-01', '2027-03-01'), [])
  t.deepEqual((await lastEventOf(world.database.pool, doctorId)).data.windows, [])
})

test('a doctor has at most twelve shifts on one weekday', async (t) => {
  const { doctorId, clinicId, post } = await doctorAtClinic(world)
  const shift = (hour: number) => {
    const start = `${String(hour).padStart(2, '0')}:00`
    return post('/v1/rotas', rotaBody(doctorId, clinicId, { start, end: start.replace('00', '30') }))
  }
  for (let hour = 1; hour <= 12; hour++) t.is((await shift(hour)).statusCode, 201)
  const answer = await shift(13)

  t.is(answer.statusCode, 422)
  t.like(answer.json(), { code: 'SCHEDULING_LIMIT' })
})

const refuses = test.macro(
  async (t, given: { doctor?: object; clinic?: object; elsewhere?: true }, code: string, field: string) => {
    const clinicId = await world.addClinic(given.clinic)
    const works = given.elsewhere === true ? await world.addClinic() : clinicId
    const doctorId = await world.addDoctor([works], given.doctor)
    const headers = world.as('admin')
    const payload = rotaBody(doctorId, clinicId)
    const answer = await world.app.inject({ method: 'POST', url: '/v1/rotas', headers, payload })

    t.is(answer.statusCode, 422)
    t.like(answer.json(), { code, errors: { 0: { field } } })
  },
)

test(
  'an inactive doctor gets no row',
  refuses,
  { doctor: { active: false } },
  'SCHEDULING_DOCTOR_INACTIVE',
  'doctorId',
)
test(
  'an inactive clinic gets no row',
  refuses,
  { clinic: { active: false } },
  'SCHEDULING_CLINIC_INACTIVE',
  'clinicId',
)
test('a doctor gets no row elsewhere', refuses, { elsewhere: true }, 'SCHEDULING_NOT_AT_CLINIC', 'clinicId')

test('an unknown doctor or clinic is named', async (t) => {
  const { doctorId, clinicId, post } = await doctorAtClinic(world)
  const unknownDoctor = await post('/v1/rotas', rotaBody(randomUUID(), clinicId))
  const unknownClinic = await post('/v1/rotas', rotaBody(doctorId, randomUUID()))

  t.is(unknownDoctor.statusCode, 422)
  t.like(unknownDoctor.json(), { code: 'SCHEDULING_DOCTOR_UNKNOWN', errors: { 0: { field: 'doctorId' } } })
  t.is(unknownClinic.statusCode, 422)
  t.like(unknownClinic.json(), { code: 'SCHEDULING_CLINIC_UNKNOWN', errors: { 0: { field: 'clinicId' } } })
})

test('rows are listed page by page, each once', async (t) => {
  const { doctorId, headers, addRota } = await doctorAtClinic(world)
  const ids: string[] = []
  for (const weekday of [5, 4, 3, 2, 1]) ids.push((await addRota({ weekday })).id)

  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: Record<string, string> = { doctorId, limit: '2', ...(cursor === '' ? {} : { cursor }) }
    const page = await world.app.inject({ url: '/v1/rotas', headers, query })
    const { items, next } = page.json<{ items: { id: string }[]; next: string | null }>()
    seen.push(...items.map(({ id }) => id))
    cursor = next
  }
  t.deepEqual(seen, ids)
})
