import { randomUUID } from 'node:crypto'

import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { deletePastVisits } from '../src/store/delete-past-visits.ts'
import { everything } from './helpers/outbox.ts'
import { doctorAtClinic, rotaValues } from './helpers/rotas.ts'
import { bookVisit } from './helpers/visits.ts'
import { createWorld, NOW, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
test.before(async () => {
  world = await createWorld(scope)
})

interface Answer {
  hits: { appointmentId: string }[]
  hitCount: number
}
const hitsOf = ({ hits }: Answer) => hits.map(({ appointmentId }) => appointmentId)

/** A doctor on Mondays, 11:00–15:00 in UTC, with a visit on each of three Mondays; the service's clock stands at the first. */
async function bookedDoctor() {
  const there = await doctorAtClinic(world)
  const rota = await there.addRota()
  const { doctorId, clinicId, headers } = there
  const visit = async (date: string, time: string, more = {}) =>
    bookVisit(
      world,
      { doctorId, clinicId, start: `${date}T${time}:00Z`, end: `${date}T${time.slice(0, 3)}20:00Z` },
      more,
    )
  const visits = [await visit('2027-01-11', '11:00'), await visit('2027-01-18', '14:00')]
  const send = async (method: 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) => {
    const all = { ...headers, 'if-match': '*' }
    const answer = await world.app.inject({ method, url, headers: all, ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: answer.json<Answer & { id: string }>() }
  }
  const open = async (query: Record<string, string> = {}) => {
    const answer = await world.app.inject({
      url: '/v1/schedule-hits',
      headers,
      query: { doctorId, ...query },
    })
    return answer.json<{ items: { appointmentId: string }[]; next: string | null }>()
  }
  return { ...there, rota, visits, visit, send, open }
}

/** Tries a change, sees that nothing is kept, makes it, and compares what both say. */
async function tried(
  there: Awaited<ReturnType<typeof bookedDoctor>>,
  [method, url, payload]: ['POST' | 'PUT' | 'DELETE', string, object?],
) {
  const before = await everything(world.database.pool)
  const trial = await there.send(method, `${url}?dryRun=true`, payload)
  const kept = before === (await everything(world.database.pool))
  const made = await there.send(method, url, payload)
  return { kept, trial, made }
}

test.serial('a rota that begins later hits who is before it, and a trial says so', async (t) => {
  const there = await bookedDoctor()
  const body = rotaValues(there.clinicId, { start: '10:00' })
  const { kept, trial, made } = await tried(there, ['PUT', `/v1/rotas/${there.rota.id}`, body])
  t.true(kept)
  t.deepEqual([trial.status, made.status], [200, 200])
  t.deepEqual(hitsOf(trial.body), [there.visits[0]])
  t.deepEqual(hitsOf(made.body), [there.visits[0]])
  t.deepEqual(
    (await there.open()).items.map(({ appointmentId }) => appointmentId),
    [there.visits[0]],
  )
})

test.serial('a rota that is removed hits everybody in it', async (t) => {
  const there = await bookedDoctor()
  const { kept, trial, made } = await tried(there, ['DELETE', `/v1/rotas/${there.rota.id}`])
  t.true(kept)
  t.deepEqual(hitsOf(trial.body), there.visits)
  t.deepEqual(hitsOf(made.body), there.visits)
})

test.serial('a new row hits nobody, and a trial of it is no row', async (t) => {
  const there = await bookedDoctor()
  const body = { ...rotaValues(there.clinicId, { weekday: 2 }), doctorId: there.doctorId }
  const { kept, trial, made } = await tried(there, ['POST', '/v1/rotas', body])
  t.true(kept)
  t.deepEqual([trial.status, made.status], [200, 201])
  t.deepEqual([trial.body.hitCount, made.body.hitCount], [0, 0])
})

test.serial('a day off hits that day, and taking it back hits nobody and empties the list', async (t) => {
  const there = await bookedDoctor()
  const off = { doctorId: there.doctorId, kind: 'closed', date: '2027-01-18', reason: 'Ill' }
  const { kept, trial, made } = await tried(there, ['POST', '/v1/rota-exceptions', off])
  t.true(kept)
  t.deepEqual([trial.status, made.status], [200, 201])
  t.deepEqual(hitsOf(trial.body), [there.visits[1]])
  t.deepEqual(hitsOf(made.body), [there.visits[1]])
  t.is((await there.open()).items.length, 1)
  const back = await there.send('DELETE', `/v1/rota-exceptions/${made.body.id}`)
  t.is(back.body.hitCount, 0)
  t.deepEqual((await there.open()).items, [])
})

test.serial('an extra day that is taken back hits who was booked on it', async (t) => {
  const there = await bookedDoctor()
  const { doctorId, clinicId } = there
  const times = { start: '08:00', end: '12:00' }
  const made = await there.send('POST', '/v1/rota-exceptions', {
    ...{ doctorId, clinicId, kind: 'open', date: '2027-01-20', ...times },
  })
  const visit = await there.visit('2027-01-20', '12:00')
  const url = `/v1/rota-exceptions/${made.body.id}`
  const { kept, trial, made: removed } = await tried(there, ['DELETE', url])
  t.true(kept)
  t.deepEqual(hitsOf(trial.body), [visit])
  t.deepEqual(hitsOf(removed.body), [visit])
})

test.serial('visits that are past, cancelled or of another doctor are not hit', async (t) => {
  const there = await bookedDoctor()
  const other = await bookedDoctor()
  const early = await there.visit('2027-01-04', '11:00') // The clock stands at 15:00.
  const gone = await there.visit('2027-01-11', '12:00')
  await there.visit('2027-01-11', '12:00', { id: gone, version: 2, status: 'cancelled' })
  await there.visit('2027-01-11', '12:00', { id: gone, version: 1 }) // A late delivery of what was before.
  const refused = await there.visit('2027-01-11', '13:00', { status: 'refused' })
  const { body } = await there.send('DELETE', `/v1/rotas/${there.rota.id}`)
  t.deepEqual(hitsOf(body), there.visits)
  t.false(hitsOf(body).some((id) => [early, gone, refused, ...other.visits].includes(id)))
})

test.serial('a visit that is moved out of the way is hit no more', async (t) => {
  const there = await bookedDoctor()
  await there.send('PUT', `/v1/rotas/${there.rota.id}`, rotaValues(there.clinicId, { start: '10:00' }))
  await there.visit('2027-01-11', '14:00', { id: there.visits[0], version: 2 })
  t.deepEqual((await there.open()).items, [])
})

test.serial('open hits come in pages that meet', async (t) => {
  const there = await bookedDoctor()
  const more = [await there.visit('2027-01-25', '11:00'), await there.visit('2027-01-25', '12:00')]
  await there.send('DELETE', `/v1/rotas/${there.rota.id}`)
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: { appointmentId: string }[]; next: string | null } = await there.open({
      limit: '1',
      ...(cursor === '' ? {} : { cursor }),
    })
    seen.push(...page.items.map(({ appointmentId }) => appointmentId))
    cursor = page.next
  }
  t.deepEqual(seen, [...there.visits, ...more])
})

test.serial('a bulk change lists whom it hits before and after, and undo whom it hits again', async (t) => {
  const [one, two] = [await bookedDoctor(), await bookedDoctor()]
  const body = {
    action: 'close',
    doctorIds: [one.doctorId, two.doctorId],
    from: '2027-01-10',
    to: '2027-01-15',
  }
  const before = await everything(world.database.pool)
  const trial = await one.send('POST', '/v1/schedule-changes', { ...body, reason: 'Training', dryRun: true })
  t.is(await everything(world.database.pool), before)
  const made = await one.send('POST', '/v1/schedule-changes', { ...body, reason: 'Training' })
  interface Doctors {
    doctors: { hits: { appointmentId: string }[]; undoHits?: { appointmentId: string }[] }[]
  }
  const hitDoctors = (answer: object) => (answer as Doctors).doctors.map(({ hits }) => hits[0]?.appointmentId)
  t.deepEqual(hitDoctors(trial.body), [one.visits[0], two.visits[0]])
  t.deepEqual(hitDoctors(made.body), [one.visits[0], two.visits[0]])

  const opened = await one.send('POST', '/v1/schedule-changes', {
    ...{
      action: 'open',
      clinicId: one.clinicId,
      doctorIds: [one.doctorId],
      from: '2027-01-21',
      to: '2027-01-21',
    },
    ...{ start: '08:00', end: '12:00' },
  })
  const visit = await one.visit('2027-01-21', '12:00')
  const undone = await one.send('POST', `/v1/schedule-changes/${opened.body.id}/undo`)
  t.deepEqual(
    (undone.body as unknown as Doctors).doctors.map(({ undoHits }) =>
      undoHits?.map((hit) => hit.appointmentId),
    ),
    [[visit]],
  )
})

test.serial(
  'a time that the clocks skip on the one date it is typed for is refused, and of a week not',
  async (t) => {
    const { doctorId, clinicId, post } = await doctorAtClinic(world, { zone: 'Europe/Berlin' })
    const open = { doctorId, clinicId, kind: 'open', date: '2027-03-28', start: '02:30', end: '06:00' }
    const before = await everything(world.database.pool)
    const refused = await post('/v1/rota-exceptions', open)
    t.is(refused.statusCode, 422)
    t.like(refused.json(), { code: 'SCHEDULING_TIME_SKIPPED', errors: [{ field: 'start' }] })
    const bulk = { action: 'open', clinicId, doctorIds: [doctorId], from: open.date, to: open.date }
    const trial = await post('/v1/schedule-changes', { ...bulk, start: '02:30', end: '06:00', dryRun: true })
    t.like(trial.json(), { doctors: [{ outcome: 'refused', problem: { code: 'SCHEDULING_TIME_SKIPPED' } }] })
    t.is(await everything(world.database.pool), before)
    t.is((await post('/v1/rota-exceptions', { ...open, lastDate: '2027-04-02' })).statusCode, 201)
  },
)

test.serial('whose hits are asked for must be said, and be one’s own', async (t) => {
  const { doctorId } = await doctorAtClinic(world)
  const get = async (query: Record<string, string>, headers: Record<string, string>) =>
    (await world.app.inject({ url: '/v1/schedule-hits', query, headers })).statusCode
  t.is(await get({}, world.as('admin')), 400)
  t.is(await get({ doctorId }, world.as('doctor')), 403)
  t.is(await get({ doctorId, cursor: 'abc' }, world.as('admin')), 422)
  t.is(await get({ doctorId: randomUUID() }, world.as('admin')), 200)
})

test.serial('visits that ended a month ago are forgotten', async (t) => {
  const there = await bookedDoctor()
  await there.visit('2026-11-02', '11:00')
  const { pool } = world.database
  t.is(await deletePastVisits(pool, new Date(NOW - 30 * 86_400_000)), 1)
  t.is(await deletePastVisits(pool, new Date(NOW - 30 * 86_400_000)), 0)
})
