import { randomUUID } from 'node:crypto'

import type { EventEnvelope } from '@medqueue/contracts'
import { startProjection } from '@medqueue/messaging'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { DIRECTORY_SUBJECTS, takeDirectoryEvent } from '../src/events/directory.ts'
import { clinicEvent, createStreams, doctorEvent, type Streams } from './helpers/broker.ts'
import { eventsOf, lastEventOf } from './helpers/outbox.ts'
import { doctorAtClinic, rotaBody } from './helpers/rotas.ts'
import { createWorld, silent, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World
let streams: Streams
/** Publishes words of the directory and waits until the service has taken them. */
let tell: (...events: EventEnvelope[]) => Promise<void>

test.before(async () => {
  world = await createWorld(scope)
  streams = await createStreams(scope)
  const { broker, prefix, names } = streams
  const projection = await startProjection({
    broker,
    prefix,
    pool: world.database.pool,
    stream: names.streams.directoryEvents,
    durable: 'scheduling',
    subjects: DIRECTORY_SUBJECTS.map(names.subject),
    handle: takeDirectoryEvent(world.core),
    logger: silent,
  })
  scope.teardown(async () => projection.stop())
  tell = async (...events) => {
    for (const event of events) await streams.say(event)
    await projection.caughtUp()
  }
})

const ZONE = 'America/Sao_Paulo'

test.serial('a rota can be written for a doctor and a clinic that the directory has told of', async (t) => {
  const clinicId = randomUUID()
  const doctorId = randomUUID()
  const headers = world.as('admin')
  const payload = rotaBody(doctorId, clinicId)
  const add = () => world.app.inject({ method: 'POST', url: '/v1/rotas', headers, payload })
  t.is((await add()).statusCode, 422)
  await tell(
    doctorEvent({ id: doctorId, version: 1, active: true, clinicIds: [clinicId] }),
    clinicEvent({ id: clinicId, version: 1, active: true, zone: ZONE }),
  )

  const added = await add()
  t.is(added.statusCode, 201)
  t.like(added.json(), { zone: ZONE })
})

test.serial('a clinic that moves to another zone takes its windows along', async (t) => {
  const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
  await addRota()
  await tell(clinicEvent({ id: clinicId, version: 2, active: true, zone: 'America/Manaus' }))

  const { version, data } = await lastEventOf(world.database.pool, doctorId)
  t.is(version, 2)
  t.like(data.windows[0], { start: '2027-01-04T12:00:00Z', end: '2027-01-04T16:00:00Z' })
})

test.serial('the highest version wins, whatever comes later', async (t) => {
  const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
  await addRota()
  const newest = clinicEvent({ id: clinicId, version: 5, active: true, zone: 'America/Manaus' })
  await tell(newest, clinicEvent({ id: clinicId, version: 4, active: true, zone: 'UTC' }), newest)

  t.is((await eventsOf(world.database.pool, doctorId)).length, 2)
  const { data } = await lastEventOf(world.database.pool, doctorId)
  t.is(data.windows[0]?.start, '2027-01-04T12:00:00Z')
})

test.serial('a doctor who leaves has no windows, and has them again on coming back', async (t) => {
  const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
  await addRota()
  const before = await lastEventOf(world.database.pool, doctorId)
  await tell(doctorEvent({ id: doctorId, version: 2, active: false, clinicIds: [clinicId] }))
  t.deepEqual((await lastEventOf(world.database.pool, doctorId)).data.windows, [])

  await tell(doctorEvent({ id: doctorId, version: 3, active: true, clinicIds: [clinicId] }))
  t.deepEqual((await lastEventOf(world.database.pool, doctorId)).data.windows, before.data.windows)
})

test.serial('a doctor has windows only at clinics where the directory says so', async (t) => {
  const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
  const elsewhere = await world.addClinic()
  await addRota()
  const { windows } = (await lastEventOf(world.database.pool, doctorId)).data
  await tell(doctorEvent({ id: doctorId, version: 2, active: true, clinicIds: [elsewhere] }))
  t.deepEqual((await lastEventOf(world.database.pool, doctorId)).data.windows, [])

  await tell(doctorEvent({ id: doctorId, version: 3, active: true, clinicIds: [elsewhere, clinicId] }))
  t.deepEqual((await lastEventOf(world.database.pool, doctorId)).data.windows, windows)
})

test.serial('a clinic that closes for good takes its windows away', async (t) => {
  const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
  await addRota()
  await tell(clinicEvent({ id: clinicId, version: 2, active: false, zone: ZONE }))

  t.deepEqual((await lastEventOf(world.database.pool, doctorId)).data.windows, [])
})

test.serial('a word that changes no window publishes none', async (t) => {
  const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
  await addRota()
  await tell(
    clinicEvent({ id: clinicId, version: 2, active: true, zone: ZONE }),
    doctorEvent({ id: doctorId, version: 2, active: true, clinicIds: [clinicId] }),
  )

  t.is((await eventsOf(world.database.pool, doctorId)).length, 1)
})

test.serial('a clinic in a zone that does not exist is put aside, and the rest goes on', async (t) => {
  const { doctorId, clinicId, addRota } = await doctorAtClinic(world)
  await addRota()
  await tell(
    clinicEvent({ id: clinicId, version: 2, active: true, zone: 'Mars/Olympus_Mons' }),
    doctorEvent({ id: doctorId, version: 2, active: false, clinicIds: [clinicId] }),
  )

  const letters = await streams.broker.jsm.streams.info(streams.names.streams.deadLetters)
  t.is(letters.state.messages, 1)
  t.is((await eventsOf(world.database.pool, doctorId)).length, 2)
})
