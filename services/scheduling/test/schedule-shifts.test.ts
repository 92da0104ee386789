import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { everything, lastEventOf } from './helpers/outbox.ts'
import { doctorAtClinic } from './helpers/rotas.ts'
import { bookVisit } from './helpers/visits.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
test.before(async () => {
  world = await createWorld(scope)
})

interface Hit {
  appointmentId: string
}
interface Change {
  id: string
  by?: number
  doctors: {
    outcome: string
    problem?: { code: string }
    removed: object[]
    added: object[]
    hits: Hit[]
    undoHits?: Hit[]
  }[]
}

const DATES = { from: '2027-01-11', to: '2027-01-17' }
const idsOf = (hits: Hit[] | undefined) => hits?.map(({ appointmentId }) => appointmentId)

/** A doctor on Mondays, 08:00 to 12:00 in São Paulo, 11:00 to 15:00 in UTC. */
async function shiftable() {
  const there = await doctorAtClinic(world)
  await there.addRota()
  const { doctorId, clinicId, headers, post } = there
  const change = async (body: object) => {
    const answer = await post('/v1/schedule-changes', {
      action: 'shift',
      doctorIds: [doctorId],
      ...DATES,
      ...body,
    })
    return { status: answer.statusCode, body: answer.json<Change & { code?: string; errors?: object[] }>() }
  }
  const undo = async (id: string) => (await post(`/v1/schedule-changes/${id}/undo`, {})).json<Change>()
  const visit = async (time: string) =>
    bookVisit(world, { doctorId, clinicId, start: `2027-01-11T${time}:00Z`, end: `2027-01-11T${time}:20Z` })
  const published = async () =>
    JSON.stringify((await lastEventOf(world.database.pool, doctorId)).data.windows)
  const exceptions = async () => {
    const answer = await world.app.inject({ url: '/v1/rota-exceptions', headers, query: { doctorId } })
    return answer.json<{ items: { id: string; kind: string; by: number | null }[] }>().items
  }
  return { ...there, change, undo, visit, published, exceptions }
}

test.serial('a shift is tried, made and taken back, and says whom it hits', async (t) => {
  const { clinicId, change, undo, visit, published, windows, exceptions } = await shiftable()
  const [early, late] = [await visit('11:30'), await visit('13:00')]
  const before = await published()
  const kept = await everything(world.database.pool)
  const tried = await change({ by: 60, dryRun: true })

  t.is(tried.status, 200)
  t.is(await everything(world.database.pool), kept)
  const piece = (start: string, end: string) => {
    return { start: `2027-01-11T${start}:00Z`, end: `2027-01-11T${end}:00Z`, clinicId }
  }
  t.like(tried.body.doctors[0], { outcome: 'ok', removed: [piece('11:00', '12:00')] })
  t.deepEqual(tried.body.doctors[0]?.added, [piece('15:00', '16:00')])
  t.deepEqual(idsOf(tried.body.doctors[0]?.hits), [early])

  const made = await change({ by: 60 })
  t.is(made.status, 201)
  t.is(made.body.by, 60)
  t.deepEqual(made.body.doctors, tried.body.doctors)
  t.deepEqual(await windows('2027-01-11', '2027-01-19'), [
    '2027-01-11T12:00:00Z/2027-01-11T16:00:00Z',
    '2027-01-18T11:00:00Z/2027-01-18T15:00:00Z',
  ])
  t.deepEqual(
    (await exceptions()).map(({ kind, by }) => [kind, by]),
    [['shifted', 60]],
  )

  const booked = await visit('15:30')
  const undone = await undo(made.body.id)
  t.is(undone.doctors[0]?.outcome, 'undone')
  t.deepEqual(idsOf(undone.doctors[0]?.undoHits), [booked])
  t.is(await published(), before)
  t.deepEqual(await exceptions(), [])
  t.not(early, late)
})

test.serial('a shift that somebody has said anew is an ordinary exception', async (t) => {
  const { headers, change, exceptions, windows, undo } = await shiftable()
  const { body } = await change({ by: -45 })
  const [one] = await exceptions()
  const answer = await world.app.inject({
    method: 'PUT',
    url: `/v1/rota-exceptions/${one?.id ?? ''}`,
    headers: { ...headers, 'if-match': '*' },
    payload: { kind: 'closed', date: '2027-01-11', reason: 'Away' },
  })
  t.like(answer.json(), { kind: 'closed', by: null, changeId: null })
  await undo(body.id)
  t.deepEqual(await windows('2027-01-11', '2027-01-18'), [])
})

test.serial(
  'changes that would move a shift by more than a day together are refused for the doctor',
  async (t) => {
    const { change, published } = await shiftable()
    t.is((await change({ by: 720 })).body.doctors[0]?.outcome, 'ok')
    t.is((await change({ by: 720 })).body.doctors[0]?.outcome, 'ok')
    const before = await published()
    const tried = await change({ by: -1, dryRun: true })
    const refused = await change({ by: -1 })
    t.like(refused.body.doctors[0], { outcome: 'refused', problem: { code: 'SCHEDULING_LIMIT' } })
    t.deepEqual(tried.body.doctors, refused.body.doctors)
    t.is(await published(), before)
  },
)

for (const [why, body, status] of [
  ['without minutes', {}, 422],
  ['by no minutes', { by: 0 }, 422],
  ['by more than half a day', { by: 721 }, 400],
  ['by a part of a minute', { by: 0.5 }, 400],
  ['with minutes, but closing', { action: 'close', reason: 'Strike', by: 60 }, 422],
] as const) {
  test.serial(`a bulk change ${why} is refused and writes nothing`, async (t) => {
    const { change } = await shiftable()
    const before = await everything(world.database.pool)
    const answer = await change(body)
    t.is(answer.status, status)
    t.like(answer.body, { errors: { 0: { field: 'by' } } })
    t.is(await everything(world.database.pool), before)
  })
}
