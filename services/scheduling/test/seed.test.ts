import { demoClinics, demoDoctors, demoResources, demoRotas } from '@medqueue/demo-data'
import test from 'ava'

import { takeDirectoryEvent } from '../src/events/directory.ts'
import { seedScheduling } from '../src/seed.ts'
import { clinicEvent, doctorEvent } from './helpers/broker.ts'
import { eventsOf, everything, lastEventOf } from './helpers/outbox.ts'
import { rotaBody } from './helpers/rotas.ts'
import { createWorld, HORIZON_DAYS } from './helpers/world.ts'
import { withTransaction } from '@medqueue/database'

test.serial(
  'every demonstration doctor has the weekly rota and published windows, and a second run changes nothing',
  async (t) => {
    const world = await createWorld(t)
    const report = await seedScheduling(world.core)
    const before = await everything(world.database.pool)

    t.is(report.doctors, 400)
    t.is(report.rotas, demoRotas().length)
    t.true(report.windows > 400 * (HORIZON_DAYS / 7) * 3)
    const { rows } = await world.database.pool.query('SELECT FROM outbox')
    t.is(rows.length, 400 + demoResources().length)
    for (const { id, clinicIds } of demoDoctors().slice(0, 20)) {
      const { windows } = (await lastEventOf(world.database.pool, id)).data
      t.true(windows.length > 0 && windows.every(({ clinicId }) => clinicIds.includes(clinicId)))
    }

    t.deepEqual(await seedScheduling(world.core), { doctors: 0, rotas: 0, windows: 0 })
    t.is(await everything(world.database.pool), before)
  },
)

test.serial('two seeds at once plant one', async (t) => {
  const world = await createWorld(t)
  const reports = await Promise.all([seedScheduling(world.core), seedScheduling(world.core)])

  t.deepEqual(reports.map(({ doctors }) => doctors).sort(), [0, 400])
})

test.serial('a doctor who has a schedule keeps it', async (t) => {
  const world = await createWorld(t)
  const [doctor] = demoDoctors()
  const [clinic] = demoClinics()
  if (doctor === undefined || clinic === undefined) throw new Error('there is no demonstration data')
  const clinicIds = [clinic.id]
  await withTransaction(world.database.pool, async (client) => {
    const take = takeDirectoryEvent(world.core)
    await take(client, doctorEvent({ ...doctor, version: 1, clinicIds }))
    await take(client, clinicEvent({ ...clinic, version: 1 }))
  })
  const headers = world.as('admin')
  const payload = rotaBody(doctor.id, clinic.id, { weekday: 7 })
  await world.app.inject({ method: 'POST', url: '/v1/rotas', headers, payload })
  await seedScheduling(world.core)

  const { rows } = await world.database.pool.query('SELECT weekday FROM rotas WHERE doctor_id = $1', [
    doctor.id,
  ])
  t.deepEqual(rows, [{ weekday: 7 }])
})

test.serial('the directory’s first word about a seeded doctor changes no window', async (t) => {
  const world = await createWorld(t)
  await seedScheduling(world.core)
  const [doctor] = demoDoctors()
  const [clinic] = demoClinics()
  if (doctor === undefined || clinic === undefined) throw new Error('there is no demonstration data')
  await withTransaction(world.database.pool, async (client) => {
    await takeDirectoryEvent(world.core)(client, doctorEvent(doctor))
    await takeDirectoryEvent(world.core)(client, clinicEvent(clinic))
  })

  t.is((await eventsOf(world.database.pool, doctor.id)).length, 1)
})
