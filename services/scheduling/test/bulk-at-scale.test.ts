import { randomUUID } from 'node:crypto'

import { withTransaction } from '@medqueue/database'
import test from 'ava'

import { seedScheduling } from '../src/seed.ts'
import { insertRotas } from '../src/store/insert-rotas.ts'
import { everything } from './helpers/outbox.ts'
import { bookVisit } from './helpers/visits.ts'
import { createWorld, type World } from './helpers/world.ts'

const DOCTORS = 200

interface Hit {
  appointmentId: string
}
interface Doctor {
  doctorId: string
  outcome: string
  hits: Hit[]
  undoHits?: Hit[]
}

/** Doctors who work every day from 08:00 to 12:00, each with a visit in the four weeks and one after them. */
async function manyDoctors(world: World) {
  const clinicId = await world.addClinic({ zone: 'UTC' })
  const doctors: { doctorId: string; inside: string; after: string }[] = []
  for (let n = 0; n < DOCTORS; n++) {
    const doctorId = await world.addDoctor([clinicId])
    const visit = async (date: string) =>
      bookVisit(world, { doctorId, clinicId, start: `${date}T09:00:00Z`, end: `${date}T09:20:00Z` })
    doctors.push({ doctorId, inside: await visit('2027-01-20'), after: await visit('2027-02-20') })
  }
  const week = [1, 2, 3, 4, 5, 6, 7]
  const shift = { clinicId, rrule: null, exdates: [], start: 480, end: 720 }
  const dates = { effectiveFrom: '2027-01-01', effectiveTo: null }
  const rows = doctors.flatMap(({ doctorId }) =>
    week.map((weekday) => ({ id: randomUUID(), doctorId, weekday, ...shift, ...dates })),
  )
  await withTransaction(world.database.pool, async (client) => insertRotas(client, rows))
  return doctors
}

test.serial(
  'four weeks of 200 doctors are tried, closed and taken back, and every visit hit is named',
  async (t) => {
    const world = await createWorld(t)
    const doctors = await manyDoctors(world)
    const doctorIds = doctors.map(({ doctorId }) => doctorId)
    const inside = doctors.map(({ inside: id }) => [id])
    const send = async (url: string, payload?: object) => {
      const headers = world.as('admin')
      const answer = await world.app.inject({ method: 'POST', url, headers, ...(payload ? { payload } : {}) })
      return answer.json<{ id: string; doctors: Doctor[] }>()
    }
    const hitsOf = (answer: { doctors: Doctor[] }) =>
      answer.doctors.map(({ hits }) => hits.map(({ appointmentId }) => appointmentId))
    const change = { action: 'close', doctorIds, from: '2027-01-11', to: '2027-02-07', reason: 'Strike' }

    const before = await everything(world.database.pool)
    const tried = await send('/v1/schedule-changes', { ...change, dryRun: true })
    t.deepEqual(hitsOf(tried), inside)
    t.is(await everything(world.database.pool), before)

    const made = await send('/v1/schedule-changes', change)
    t.deepEqual(hitsOf(made), inside)
    t.true(made.doctors.every(({ outcome }) => outcome === 'ok'))
    const open = async (doctorId: string) => {
      const url = `/v1/schedule-hits?doctorId=${doctorId}`
      return (await world.app.inject({ url, headers: world.as('admin') })).json<{ items: Hit[] }>().items
    }
    t.deepEqual(
      (await open(doctorIds.at(-1) ?? '')).map(({ appointmentId }) => appointmentId),
      inside.at(-1),
    )

    const undone = await send(`/v1/schedule-changes/${made.id}/undo`)
    t.true(undone.doctors.every(({ outcome, undoHits }) => outcome === 'undone' && undoHits?.length === 0))
    t.deepEqual(await open(doctorIds.at(-1) ?? ''), [])
  },
)

test.serial('closing every clinic publishes each of 400 doctors once more, with the reason', async (t) => {
  const world = await createWorld(t)
  await seedScheduling(world.core)
  const answer = await world.app.inject({
    method: 'POST',
    url: '/v1/closures',
    headers: world.as('admin'),
    payload: { clinicId: null, date: '2027-01-12', reason: 'Anniversary' },
  })
  t.is(answer.statusCode, 201)
  const { rows } = await world.database.pool.query<{ doctors: number; told: number }>(
    `SELECT count(DISTINCT subject)::int AS doctors, count(*) FILTER (WHERE event LIKE '%Anniversary%')::int AS told
     FROM outbox WHERE subject LIKE 'schedule.windows.%'`,
  )
  t.deepEqual(rows, [{ doctors: 400, told: 400 }])
})
