import { randomUUID } from 'node:crypto'

import { checkCalendar } from '@medqueue/icalendar/testing'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { call } from './helpers/call.ts'
import { createWorld, type World } from './helpers/world.ts'

const scope = fileScope(test)
let world: World

test.before(async () => {
  world = await createWorld(scope, {
    prepare: async ({ pool, people }) => {
      await pool.query(`UPDATE clinic SET zone = 'Europe/Paris' WHERE id = $1`, [people.clinic])
    },
  })
  world.work()
})

interface View {
  id: string
  start: string
  version: number
}

let used = 0

/** A visit of a patient of its own, at a time of its own. */
async function booked(overrides: object = {}) {
  const n = used++
  const { doctors, patients, consultation: serviceId } = world.people
  const patient = patients[n] ?? ''
  const start = world.slot((n % 3) * 9, Math.floor(n / 3))
  const answer = await world.book({ doctorId: doctors[0], serviceId, start, ...overrides }, { as: patient })
  return { patient, doctor: doctors[0] ?? '', n, visit: answer.json<View>() }
}

async function download(id: string, as: string, role: 'patient' | 'doctor' | 'admin' = 'patient') {
  const answer = await call(world, 'GET', `/v1/appointments/${id}/calendar.ics`, { as, role })
  return {
    answer,
    event: () => {
      const event = checkCalendar('download', answer.body).getFirstSubcomponent('vevent')
      if (event === null) throw new Error(answer.body)
      return event
    },
  }
}

test('a visit can be taken into a calendar, at the clinic’s time and place', async (t) => {
  const { patient, visit } = await booked()

  const { answer, event } = await download(visit.id, patient)

  t.is(answer.statusCode, 200)
  t.is(answer.headers['content-type'], 'text/calendar; method=PUBLISH; charset=utf-8')
  t.is(answer.headers['content-disposition'], 'attachment; filename="visit.ics"')
  t.is(event().getFirstPropertyValue('uid'), `${visit.id}@appointments.medqueue.dev`)
  t.is(event().getFirstPropertyValue('status'), 'CONFIRMED')
  t.is(event().getFirstPropertyValue('location'), 'Clinic, Vitória')
  t.is(event().getFirstProperty('dtstart')?.getFirstParameter('tzid'), 'Europe/Paris')
  const start = event().getFirstPropertyValue('dtstart') as { toUnixTime: () => number }
  t.is(start.toUnixTime() * 1000, Date.parse(visit.start))
})

test('a visit that moves and is then cancelled keeps its UID, and each change counts one', async (t) => {
  const { patient, visit, n } = await booked()
  const first = (await download(visit.id, patient)).event()
  const start = world.slot((n % 3) * 9 + 2, Math.floor(n / 3))
  const moved = await call(world, 'POST', `/v1/appointments/${visit.id}/move`, {
    as: patient,
    body: { start },
  })
  t.is(moved.statusCode, 200, moved.body)
  const second = (await download(visit.id, patient)).event()
  const cancelled = await call(world, 'POST', `/v1/appointments/${visit.id}/cancel`, {
    as: patient,
    body: { reason: 'I feel better' },
  })
  t.is(cancelled.statusCode, 200, cancelled.body)
  const third = await download(visit.id, patient)

  const events = [first, second, third.event()]
  t.deepEqual(
    events.map((event) => Number(event.getFirstPropertyValue('sequence'))),
    [0, 1, 2],
  )
  t.is(new Set(events.map((event) => event.getFirstPropertyValue('uid'))).size, 1)
  t.is(third.answer.headers['content-type'], 'text/calendar; method=CANCEL; charset=utf-8')
  t.is(third.event().parent.getFirstPropertyValue('method'), 'CANCEL')
  t.is(third.event().getFirstPropertyValue('status'), 'CANCELLED')
  t.false(third.answer.body.includes('better'))
})

test('the patient’s message is for the care side, and comes through as it was written', async (t) => {
  const message = 'Pain, left; since\nMonday\r\nEND:VEVENT\r\nATTENDEE:mailto:evil@mail.example\\'
  const { patient, doctor, visit } = await booked({ message })

  const own = await download(visit.id, patient)
  const care = await download(visit.id, doctor, 'doctor')

  t.false(own.answer.body.includes('Pain'))
  t.true(String(care.event().getFirstPropertyValue('description')).endsWith(message.replaceAll('\r\n', '\n')))
  t.false(care.event().hasProperty('attendee'))
})

test('nobody downloads somebody else’s visit, and nothing is there for an id that is none', async (t) => {
  const { visit } = await booked()

  t.is((await download(visit.id, randomUUID())).answer.statusCode, 404)
  t.is((await download(visit.id, randomUUID(), 'doctor')).answer.statusCode, 404)
  t.is((await download(visit.id, randomUUID(), 'admin')).answer.statusCode, 200)
  t.is((await download(randomUUID(), randomUUID())).answer.statusCode, 404)
  t.is((await download('x', randomUUID())).answer.statusCode, 400)
  t.is((await world.app.inject(`/v1/appointments/${visit.id}/calendar.ics`)).statusCode, 401)
})
