import { randomUUID } from 'node:crypto'

import { namesOf, streamsOf } from '@medqueue/contracts'
import { checkCalendar } from '@medqueue/icalendar/testing'
import { withTransaction } from '@medqueue/database'
import { ensureStream } from '@medqueue/messaging'
import test from 'ava'

import { createBusyReader } from '../../src/calendars/busy/reader.ts'
import { startCalendarJob } from '../../src/calendars/job.ts'
import { takeVisits } from '../../src/calendars/events.ts'
import { startCalendars } from '../../src/calendars/start.ts'
import { clinicEvent, createStreams } from '../helpers/broker.ts'
import { placeInParis, visitEvent } from '../helpers/calendar-events.ts'
import { eventsOf } from '../helpers/outbox.ts'
import { calendarOf, text } from '../helpers/outside-server.ts'
import { subscriber } from '../helpers/subscriber.ts'
import { createWorld, silent } from '../helpers/world.ts'

test.serial('what booking and the directory say comes into feeds, each event once', async (t) => {
  const world = await createWorld(t)
  const { broker, prefix, say } = await createStreams(t)
  await ensureStream(broker.jsm, streamsOf(prefix).appointmentEvents)
  const calendars = await startCalendars({ core: world.core, broker, logger: silent, prefix })
  t.teardown(async () => calendars.stop())
  const [patientId, clinicId] = [randomUUID(), randomUUID()]
  const opened = await world.app.inject({
    method: 'POST',
    url: '/v1/calendar-feeds',
    headers: world.as('patient', patientId),
    payload: {},
  })

  await say(clinicEvent({ id: clinicId, version: 1, active: true, zone: 'Europe/Paris' }))
  const event = visitEvent({ patientId, clinicId })
  const subject = namesOf(prefix).subjects.appointment('booked', event.data.doctorId, patientId)
  await broker.js.publish(subject, JSON.stringify(event))
  await broker.js.publish(subject, JSON.stringify(event))
  await calendars.caughtUp()

  const { body } = await world.app.inject(new URL(opened.json<{ url: string }>().url).pathname)
  const events = checkCalendar('feed-from-stream', body).getAllSubcomponents('vevent')
  t.is(events.length, 1)
  t.is(Number(events[0]?.getFirstPropertyValue('sequence')), 0)
})

test.serial('steps of a visit that come together each count in its sequence', async (t) => {
  const world = await createWorld(t)
  const [patientId, clinicId] = [randomUUID(), await placeInParis(world)]
  const opened = await world.app.inject({
    method: 'POST',
    url: '/v1/calendar-feeds',
    headers: world.as('patient', patientId),
    payload: {},
  })
  const booked = visitEvent({ patientId, clinicId })
  const { appointmentId } = booked.data
  const moved = [8, 9].map((day, index) =>
    visitEvent({
      ...{ patientId, clinicId, appointmentId, version: index + 2 },
      ...{ start: `2027-03-0${day}T18:00:00Z`, end: `2027-03-0${day}T18:30:00Z` },
    }),
  )
  const other = visitEvent({
    patientId,
    clinicId,
    start: '2027-03-10T18:00:00Z',
    end: '2027-03-10T18:30:00Z',
  })
  await withTransaction(world.core.pool, async (client) => takeVisits(client, [booked, other, ...moved]))

  const { body } = await world.app.inject(new URL(opened.json<{ url: string }>().url).pathname)
  const events = checkCalendar('feed-of-steps', body).getAllSubcomponents('vevent')
  t.deepEqual(
    events.map((event) => Number(event.getFirstPropertyValue('sequence'))),
    [2, 0],
  )
})

test.serial('a calendar that is due is looked at without anybody asking', async (t) => {
  const { outside, world, doctor, subscribe, list } = await subscriber(t)
  outside.answer(text(calendarOf({ start: '20270111T120000Z', end: '20270111T130000Z' })))
  await subscribe()
  const before = (await eventsOf(world.core.pool, doctor.doctorId)).length

  const job = startCalendarJob({
    core: world.core,
    world: outside.world,
    reader: createBusyReader(),
    logger: silent,
  })
  t.teardown(async () => job.stop())
  while ((await list())[0]?.lastFetchedAt === null) await new Promise(setImmediate)

  t.is((await eventsOf(world.core.pool, doctor.doctorId)).length, before + 1)
})

test.serial('the job stops while somebody’s server keeps it waiting, and blames nobody for it', async (t) => {
  const { outside, world, subscribe, list } = await subscriber(t)
  const asked = new Promise<void>((settle) => outside.answer(() => settle()))
  await subscribe()
  const job = startCalendarJob({
    core: world.core,
    world: outside.world,
    reader: createBusyReader(),
    logger: silent,
  })
  await asked

  await job.stop()

  t.like((await list())[0], { lastFetchedAt: null, lastError: null })
})
