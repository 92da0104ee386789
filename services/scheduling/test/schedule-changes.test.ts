import { randomUUID } from 'node:crypto'

import test from 'ava'

import { eventsOf, everything, lastEventOf } from './helpers/outbox.ts'
import { rotaBody } from './helpers/rotas.ts'
import { createWorld, NOW, type World } from './helpers/world.ts'

interface Change {
  id: string
  dryRun: boolean
  doctors: {
    doctorId: string
    outcome: string
    problem?: { code: string }
    removed: object[]
    added: object[]
  }[]
}

const CLOSE = { action: 'close', from: '2027-01-11', to: '2027-01-17', reason: 'Training week' }
const MINUTE = 60_000

/** Two doctors with a shift on Mondays, one without any, one inactive and one nobody knows. */
async function clinicWithDoctors(world: World) {
  const clinicId = await world.addClinic()
  const [ana = '', bo = '', idle = ''] = await Promise.all([1, 2, 3].map(() => world.addDoctor([clinicId])))
  const inactive = await world.addDoctor([clinicId], { active: false })
  const headers = world.as('admin')
  const post = async (url: string, payload: object) => {
    return world.app.inject({ method: 'POST', url, headers, payload })
  }
  for (const doctorId of [ana, bo]) await post('/v1/rotas', rotaBody(doctorId, clinicId))
  const doctorIds = [ana, bo, idle, inactive, randomUUID()]
  const change = async (body: object) =>
    (await post('/v1/schedule-changes', { doctorIds, ...body })).json<Change>()
  const undo = async (id: string) => post(`/v1/schedule-changes/${id}/undo`, {})
  return { clinicId, ana, bo, idle, inactive, headers, doctorIds, post, change, undo }
}

const outcomes = ({ doctors }: Change) => doctors.map(({ outcome, problem }) => problem?.code ?? outcome)

test.serial('a dry run writes nothing and lists what the change then does', async (t) => {
  const world = await createWorld(t)
  const { clinicId, change } = await clinicWithDoctors(world)
  const before = await everything(world.database.pool)
  const tried = await change({ ...CLOSE, dryRun: true })

  t.is(await everything(world.database.pool), before)
  t.true(tried.dryRun)
  t.deepEqual(outcomes(tried), ['ok', 'ok', 'ok', 'SCHEDULING_DOCTOR_INACTIVE', 'SCHEDULING_DOCTOR_UNKNOWN'])
  t.deepEqual(tried.doctors[0]?.removed, [
    { start: '2027-01-11T11:00:00Z', end: '2027-01-11T15:00:00Z', clinicId },
  ])

  const made = await change(CLOSE)
  t.deepEqual(made.doctors, tried.doctors)
})

test.serial('a bulk opening lists what it adds, and does the same', async (t) => {
  const world = await createWorld(t)
  const { clinicId, idle, change } = await clinicWithDoctors(world)
  const saturday = {
    action: 'open',
    clinicId,
    from: '2027-01-16',
    to: '2027-01-16',
    start: '08:00',
    end: '10:00',
  }
  const tried = await change({ ...saturday, dryRun: true })
  const made = await change(saturday)

  const added = [{ start: '2027-01-16T11:00:00Z', end: '2027-01-16T13:00:00Z', clinicId }]
  t.deepEqual(made.doctors, tried.doctors)
  t.deepEqual(made.doctors[2], { doctorId: idle, outcome: 'ok', removed: [], added, hits: [] })
  t.deepEqual((await lastEventOf(world.database.pool, idle)).data.windows, added)
})

test.serial('a bulk change reaches every doctor who is not refused, and no other', async (t) => {
  const world = await createWorld(t)
  const { ana, bo, idle, inactive, change } = await clinicWithDoctors(world)
  await change(CLOSE)

  for (const doctorId of [ana, bo]) {
    const { data } = await lastEventOf(world.database.pool, doctorId)
    t.false(data.windows.some(({ start }) => start.startsWith('2027-01-11')))
  }
  t.is((await eventsOf(world.database.pool, idle)).length, 1)
  t.is((await eventsOf(world.database.pool, inactive)).length, 0)
})

test.serial('an unknown clinic stops a bulk change before it begins', async (t) => {
  const world = await createWorld(t)
  const { post, doctorIds } = await clinicWithDoctors(world)
  const before = await everything(world.database.pool)
  const answer = await post('/v1/schedule-changes', { ...CLOSE, doctorIds, clinicId: randomUUID() })

  t.is(answer.statusCode, 422)
  t.like(answer.json(), { code: 'SCHEDULING_CLINIC_UNKNOWN', errors: { 0: { field: 'clinicId' } } })
  t.is(await everything(world.database.pool), before)
})

test.serial('undo brings back the same windows, to the byte', async (t) => {
  const world = await createWorld(t)
  const { clinicId, ana, bo, idle, inactive, post, change, undo } = await clinicWithDoctors(world)
  await post('/v1/rota-exceptions', {
    doctorId: bo,
    kind: 'closed',
    date: '2027-01-11',
    start: '08:00',
    end: '09:00',
    reason: 'Late',
  })
  const extra = { kind: 'open', clinicId, date: '2027-01-12', start: '08:00', end: '09:00' }
  await post('/v1/rota-exceptions', { doctorId: idle, ...extra })
  const windowsOf = async (doctorId: string) => {
    return JSON.stringify((await lastEventOf(world.database.pool, doctorId)).data.windows)
  }
  const all = [ana, bo, idle]
  const before = await Promise.all(all.map(windowsOf))
  const { id } = await change(CLOSE)
  t.notDeepEqual(await Promise.all(all.map(windowsOf)), before)

  const undone = await undo(id)
  t.is(undone.statusCode, 200)
  t.deepEqual(outcomes(undone.json()).slice(0, 3), ['undone', 'undone', 'undone'])
  t.deepEqual(await Promise.all(all.map(windowsOf)), before)
  t.is((await eventsOf(world.database.pool, inactive)).length, 0)
})

test.serial('undo may be asked for again and changes nothing more', async (t) => {
  const world = await createWorld(t)
  const { change, undo } = await clinicWithDoctors(world)
  const { id } = await change(CLOSE)
  const first = await undo(id)
  const before = await everything(world.database.pool)
  const second = await undo(id)

  t.deepEqual(second.json(), first.json())
  t.is(await everything(world.database.pool), before)
})

test.serial('undo keeps what somebody has edited since', async (t) => {
  const world = await createWorld(t)
  const { ana, headers, change, undo } = await clinicWithDoctors(world)
  const { id } = await change(CLOSE)
  const query = { doctorId: ana }
  const listed = await world.app.inject({ url: '/v1/rota-exceptions', headers, query })
  const { items } = listed.json<{ items: { id: string; changeId: string }[] }>()
  t.is(items[0]?.changeId, id)
  await world.app.inject({
    method: 'PUT',
    url: `/v1/rota-exceptions/${items[0]?.id ?? ''}`,
    headers: { ...headers, 'if-match': '"1"' },
    payload: { kind: 'closed', date: '2027-01-11', reason: 'Away' },
  })
  await undo(id)

  const { data } = await lastEventOf(world.database.pool, ana)
  t.false(data.windows.some(({ start }) => start.startsWith('2027-01-11')))
})

test.serial('undo is possible until ten minutes have passed', async (t) => {
  const world = await createWorld(t)
  const { change, undo } = await clinicWithDoctors(world)
  const first = await change(CLOSE)
  const second = await change(CLOSE)
  world.clock.now = NOW + 10 * MINUTE - 1
  t.is((await undo(first.id)).statusCode, 200)

  world.clock.now = NOW + 10 * MINUTE
  const late = await undo(second.id)
  t.is(late.statusCode, 409)
  t.like(late.json(), { code: 'SCHEDULING_UNDO_EXPIRED' })
  t.is((await undo(randomUUID())).statusCode, 404)
})

test.serial('a change cut short can be undone', async (t) => {
  const world = await createWorld(t)
  const { ana, bo, change, undo } = await clinicWithDoctors(world)
  const { id } = await change(CLOSE)
  // As if the process had died before the second doctor's turn.
  const key = [id, bo]
  await world.database.pool.query('DELETE FROM rota_exceptions WHERE change_id = $1 AND doctor_id = $2', key)
  await world.database.pool.query(
    `UPDATE schedule_change_doctors SET outcome = 'waiting', result = NULL
     WHERE change_id = $1 AND doctor_id = $2`,
    key,
  )
  const undone = await undo(id)

  t.deepEqual(outcomes(undone.json()).slice(0, 2), ['undone', 'undone'])
  const { rowCount } = await world.database.pool.query('SELECT FROM rota_exceptions WHERE doctor_id = $1', [
    ana,
  ])
  t.is(rowCount, 0)
})

test.serial('changes are read and listed, the latest first', async (t) => {
  const world = await createWorld(t)
  const { headers, change } = await clinicWithDoctors(world)
  const first = await change(CLOSE)
  world.clock.now = NOW + MINUTE
  const second = await change({ ...CLOSE, reason: 'Again' })

  const read = await world.app.inject({ url: `/v1/schedule-changes/${first.id}`, headers })
  t.deepEqual(read.json(), first)
  const listed = await world.app.inject({ url: '/v1/schedule-changes', headers })
  const { items } = listed.json<{ items: { id: string; reason: string }[] }>()
  t.deepEqual(
    items.map(({ id, reason }) => [id, reason]),
    [
      [second.id, 'Again'],
      [first.id, 'Training week'],
    ],
  )
})

test.serial('more doctor days than an answer can list are refused', async (t) => {
  const world = await createWorld(t)
  const { post } = await clinicWithDoctors(world)
  const doctorIds = Array.from({ length: 100 }, () => randomUUID())
  const answer = await post('/v1/schedule-changes', { ...CLOSE, doctorIds, to: '2027-12-31' })

  t.is(answer.statusCode, 422)
  t.like(answer.json(), { code: 'SCHEDULING_LIMIT', errors: { 0: { field: 'doctorIds' } } })
})
