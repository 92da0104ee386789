import { createPool, withTransaction } from '@medqueue/database'
import test, { type ExecutionContext } from 'ava'

import type { Core } from '../src/core.ts'
import { rollHorizon } from '../src/operations/roll-horizon.ts'
import { tryRollLock } from '../src/store/try-roll-lock.ts'
import { eventsOf, lastEventOf } from './helpers/outbox.ts'
import { doctorAtClinic } from './helpers/rotas.ts'
import { createWorld, NOW, silent, type World } from './helpers/world.ts'

const DAY = 86_400_000

/** Doctors with a shift on Mondays, published on Monday 4 January. */
async function doctors(world: World, count: number) {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const doctor = await doctorAtClinic(world)
      await doctor.addRota()
      return doctor
    }),
  )
}

/** The same service once more: a pool of its own on the same database. */
function replicaOf(t: ExecutionContext, { core, database }: World): Core {
  const pool = createPool({ url: database.appUrl, max: 3, name: 'replica' })
  t.teardown(async () => pool.end())
  return { ...core, pool }
}

test.serial('a new day is published once for every doctor, and the same day never again', async (t) => {
  const world = await createWorld(t)
  const [doctor] = await doctors(world, 3)
  t.is(await rollHorizon(world.core, silent), 0)
  world.clock.now = NOW + DAY
  t.is(await rollHorizon(world.core, silent), 3)
  t.is(await rollHorizon(world.core, silent), 0)

  const { version, data } = await lastEventOf(world.database.pool, doctor?.doctorId ?? '')
  t.is(version, 2)
  t.like(data, { from: '2027-01-04T00:00:00Z', to: '2027-05-05T00:00:00Z' })
})

test.serial('the horizon moves on: a week later another Monday is published', async (t) => {
  const world = await createWorld(t)
  const [doctor] = await doctors(world, 1)
  world.clock.now = NOW + 7 * DAY
  await rollHorizon(world.core, silent)

  const { windows } = (await lastEventOf(world.database.pool, doctor?.doctorId ?? '')).data
  t.is(windows[0]?.start, '2027-01-11T11:00:00Z')
  t.is(windows.at(-1)?.start, '2027-05-10T11:00:00Z')
})

test.serial('two replicas that roll at the same time publish each doctor once', async (t) => {
  const world = await createWorld(t)
  const all = await doctors(world, 12)
  const other = replicaOf(t, world)
  world.clock.now = NOW + DAY
  const counts = await Promise.all([rollHorizon(world.core, silent), rollHorizon(other, silent)])
  // The one that gave way may have left a doctor to the other's next look.
  const later = await rollHorizon(other, silent)

  t.is(
    counts.reduce((sum, count) => sum + count, later),
    12,
  )
  for (const { doctorId } of all) {
    const events = await eventsOf(world.database.pool, doctorId)
    t.deepEqual(
      events.map(({ version }) => version),
      [1, 2],
    )
  }
})

test.serial('a replica gives way while another is at it', async (t) => {
  const world = await createWorld(t)
  await doctors(world, 2)
  world.clock.now = NOW + DAY
  await withTransaction(replicaOf(t, world).pool, async (client) => {
    t.true(await tryRollLock(client))
    t.is(await rollHorizon(world.core, silent), 0)
  })

  t.is(await rollHorizon(world.core, silent), 2)
})

test.serial('a change on the new day leaves nothing to roll for that doctor', async (t) => {
  const world = await createWorld(t)
  const [first] = await doctors(world, 2)
  world.clock.now = NOW + DAY
  await first?.addException({ kind: 'closed', date: '2027-01-11', reason: 'Away' })

  t.is(await rollHorizon(world.core, silent), 1)
})

test.serial('one doctor who cannot be published does not keep the others back', async (t) => {
  const world = await createWorld(t)
  const [first] = await doctors(world, 3)
  const lost = [first?.clinicId]
  await world.database.pool.query(`UPDATE clinics SET zone = 'Mars/Olympus_Mons' WHERE id = $1`, lost)
  world.clock.now = NOW + DAY

  t.is(await rollHorizon(world.core, silent), 2)
  await world.database.pool.query(`UPDATE clinics SET zone = 'UTC' WHERE id = $1`, lost)
  t.is(await rollHorizon(world.core, silent), 1)
})

test.serial('a shorter horizon takes away what was published beyond it', async (t) => {
  const world = await createWorld(t)
  const [doctor] = await doctors(world, 1)
  const short = { ...world.core, horizonDays: 30 }
  const published = async () => (await lastEventOf(world.database.pool, doctor?.doctorId ?? '')).data
  t.is(await rollHorizon(short, silent), 1)
  const first = await published()
  t.is(first.to, '2027-05-04T00:00:00Z')
  t.is(first.windows.at(-1)?.start, '2027-02-01T11:00:00Z')

  world.clock.now = NOW + DAY
  t.is(await rollHorizon(short, silent), 1)
  t.is((await published()).to, '2027-02-04T00:00:00Z')
})

test.serial('a longer horizon is published at once', async (t) => {
  const world = await createWorld(t)
  const [doctor] = await doctors(world, 1)
  t.is(await rollHorizon({ ...world.core, horizonDays: 150 }, silent), 1)

  const { data } = await lastEventOf(world.database.pool, doctor?.doctorId ?? '')
  t.is(data.to, '2027-06-03T00:00:00Z')
})
