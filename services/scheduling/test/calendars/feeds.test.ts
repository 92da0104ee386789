import { randomUUID } from 'node:crypto'

import { checkCalendar } from '@medqueue/icalendar/testing'
import { fileScope } from '@medqueue/testing'
import test from 'ava'

import { deletePastVisits } from '../../src/calendars/store/delete-past-visits.ts'
import { placeInParis, tell, type ToldVisit, visitEvent } from '../helpers/calendar-events.ts'
import { createWorld, type World } from '../helpers/world.ts'

const scope = fileScope(test)
let world: World
test.before(async () => {
  world = await createWorld(scope)
})

type Headers = ReturnType<World['as']>

/** A patient with a feed, and what the feed shows. */
async function patientWithFeed(body: object = {}) {
  const id = randomUUID()
  const headers = world.as('patient', id)
  const clinicId = await placeInParis(world)
  const opened = await open(headers, body)
  return {
    id,
    headers,
    clinicId,
    opened,
    told: async (visit: ToldVisit = {}) => tell(world, visitEvent({ patientId: id, clinicId, ...visit })),
    read: async (extra: object = {}) => world.app.inject({ url: pathOf(opened.url), headers: { ...extra } }),
    events: async () => {
      const { body: text } = await world.app.inject(pathOf(opened.url))
      return checkCalendar('patient-feed', text).getAllSubcomponents('vevent')
    },
  }
}

interface Opened {
  id: string
  part: string
  places: boolean
  url: string
}

async function open(headers: Headers, payload: object = {}): Promise<Opened> {
  const answer = await world.app.inject({ method: 'POST', url: '/v1/calendar-feeds', headers, payload })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return answer.json()
}

const pathOf = (url: string) => new URL(url).pathname

test('a feed shows the patient’s visits as Visit at the clinic’s time, and no more of them', async (t) => {
  const patient = await patientWithFeed()
  await patient.told()
  await tell(world, visitEvent({ clinicId: patient.clinicId })) // Somebody else's.

  const answer = await patient.read()

  t.is(answer.statusCode, 200)
  t.is(answer.headers['content-type'], 'text/calendar; charset=utf-8')
  const events = checkCalendar('feed-of-one', answer.body).getAllSubcomponents('vevent')
  t.is(events.length, 1)
  t.is(events[0]?.getFirstPropertyValue('summary'), 'Visit')
  t.is(String(events[0]?.getFirstPropertyValue('dtstart')), '2027-03-05T19:00:00')
  t.true(answer.body.includes('DTSTART;TZID=Europe/Paris:20270305T190000'))
  t.false(answer.body.includes('Central Clinic'))
  t.false(answer.body.includes(patient.id))
})

test('a feed says where only when its owner asks for that', async (t) => {
  const patient = await patientWithFeed({ places: true })
  await patient.told()

  const [event] = await patient.events()

  t.is(event?.getFirstPropertyValue('location'), 'Central Clinic, Vitória')
})

test('a doctor’s feed shows the visits that the doctor sees, not those the doctor comes to', async (t) => {
  const id = randomUUID()
  const clinicId = await placeInParis(world)
  const { url, part } = await open(world.as(['doctor', 'patient'], id))
  const seen = visitEvent({ doctorId: id, clinicId })
  await tell(world, seen, visitEvent({ patientId: id, clinicId }))

  const { body } = await world.app.inject(pathOf(url))

  const events = checkCalendar('doctor-feed', body).getAllSubcomponents('vevent')
  t.is(part, 'doctor')
  t.deepEqual(
    events.map((event) => event.getFirstPropertyValue('uid')),
    [`${seen.data.appointmentId}@appointments.medqueue.dev`],
  )
})

test('a visit that moves keeps its UID and gets a higher sequence, one that is told again does not', async (t) => {
  const patient = await patientWithFeed()
  const appointmentId = randomUUID()
  const shown = async () => {
    const [event] = await patient.events()
    return {
      uid: event?.getFirstPropertyValue('uid'),
      sequence: Number(event?.getFirstPropertyValue('sequence')),
    }
  }

  await patient.told({ appointmentId, status: 'pending' })
  const before = await shown()
  await patient.told({ appointmentId, version: 2 })
  await patient.told({ appointmentId, version: 3, status: 'arrived' })
  const booked = await shown()
  await patient.told({ appointmentId, version: 5, start: '2027-03-05T17:00:00Z' })
  await patient.told({ appointmentId, version: 4, start: '2027-03-05T16:00:00Z' }) // Late, and known better.
  const moved = await shown()

  t.is(before.sequence, 0)
  t.is(booked.sequence, 1)
  t.is(moved.sequence, 2)
  t.is(new Set([before.uid, booked.uid, moved.uid]).size, 1)
})

test('what is cancelled, declined, lapsed or only held is in no feed', async (t) => {
  const patient = await patientWithFeed()
  for (const status of ['cancelled', 'declined', 'expired', 'entered-in-error', 'held', 'refused'] as const) {
    await patient.told({ status })
  }
  const appointmentId = randomUUID()
  await patient.told({ appointmentId })
  await patient.told({ appointmentId, status: 'cancelled', version: 2 })

  t.deepEqual(await patient.events(), [])
})

test('a request that waits is tentative, a visit that is agreed confirmed', async (t) => {
  const patient = await patientWithFeed()
  await patient.told({ status: 'pending' })
  await patient.told({ status: 'checked-in', start: '2027-03-06T18:00:00Z', end: '2027-03-06T18:30:00Z' })

  const events = await patient.events()

  t.deepEqual(
    events.map((event) => event.getFirstPropertyValue('status')),
    ['TENTATIVE', 'CONFIRMED'],
  )
})

test('whoever has the text already is told so, until it changes', async (t) => {
  const patient = await patientWithFeed()
  await patient.told()
  const { etag } = (await patient.read()).headers

  const again = await patient.read({ 'if-none-match': `W/"x", ${String(etag)}` })
  await patient.told({ start: '2027-03-07T18:00:00Z', end: '2027-03-07T18:30:00Z' })
  const changed = await patient.read({ 'if-none-match': String(etag) })

  t.is(again.statusCode, 304)
  t.is(again.body, '')
  t.is(again.headers.etag, etag)
  t.is(again.headers['cache-control'], 'private, max-age=900, must-revalidate')
  t.is(changed.statusCode, 200)
  t.not(changed.headers.etag, etag)
})

test('after a rotation the old address is not found and the new one is', async (t) => {
  const patient = await patientWithFeed()

  const url = `/v1/calendar-feeds/${patient.opened.id}/rotate`
  const rotated = await world.app.inject({ method: 'POST', url, headers: patient.headers })

  t.is(rotated.statusCode, 200)
  t.not(rotated.json<Opened>().url, patient.opened.url)
  t.is((await patient.read()).statusCode, 404)
  t.is((await world.app.inject(pathOf(rotated.json<Opened>().url))).statusCode, 200)
})

test('an address that is closed, old, made up or no address at all is told the same', async (t) => {
  const patient = await patientWithFeed()
  const url = `/v1/calendar-feeds/${patient.opened.id}`
  t.is((await world.app.inject({ method: 'DELETE', url, headers: patient.headers })).statusCode, 204)

  const paths = [
    pathOf(patient.opened.url),
    `/v1/calendar/${'A'.repeat(43)}.ics`,
    '/v1/calendar/x.ics',
    '/v1/calendar/x',
    '/v1/calendar/..%2f.ics',
    `/v1/calendar/${'%00'.repeat(10)}.ics`,
  ]
  const answers = await Promise.all(paths.map(async (path) => world.app.inject(path)))

  const told = answers.map((answer) => {
    const { code, title, detail, errors } = answer.json<Record<string, unknown>>()
    return JSON.stringify([answer.statusCode, code, title, detail, errors])
  })
  t.is(answers[0]?.statusCode, 404)
  t.is(new Set(told).size, 1)
})

test('the secret is nowhere in the database', async (t) => {
  const patient = await patientWithFeed()
  const token = /([^/]+)\.ics$/.exec(patient.opened.url)?.[1] ?? ''

  const { rows } = await world.core.pool.query<{ all: string }>(
    'SELECT f::text AS all FROM calendar_feeds f WHERE id = $1',
    [patient.opened.id],
  )

  t.is(rows.length, 1)
  t.is(token.length, 43)
  t.false(rows[0]?.all.includes(token))
  t.false(rows[0]?.all.includes(Buffer.from(token).toString('hex')))
  const listed = await world.app.inject({ url: '/v1/calendar-feeds', headers: patient.headers })
  t.is(listed.json<{ items: unknown[] }>().items.length, 1)
  t.false(listed.body.includes(token))
})

test('one address may be asked so often a minute, and others are not slowed by it', async (t) => {
  const [one, other] = [await patientWithFeed(), await patientWithFeed()]

  const statuses: number[] = []
  // So many that a minute which ends meanwhile does not matter.
  for (let i = 0; i < 61; i++) statuses.push((await one.read()).statusCode)

  t.is(statuses[0], 200)
  t.true(statuses.includes(429))
  t.is((await other.read()).statusCode, 200)
})

test('nobody reads, renews or closes somebody else’s feed', async (t) => {
  const { opened } = await patientWithFeed()
  const headers = world.as('patient')
  const url = `/v1/calendar-feeds/${opened.id}`

  t.deepEqual((await world.app.inject({ url: '/v1/calendar-feeds', headers })).json(), { items: [] })
  t.is((await world.app.inject({ method: 'POST', url: `${url}/rotate`, headers })).statusCode, 404)
  t.is((await world.app.inject({ method: 'DELETE', url, headers })).statusCode, 404)
  t.is((await world.app.inject(pathOf(opened.url))).statusCode, 200)
})

test('who may open a feed, and for which part', async (t) => {
  const status = async (headers: object, payload: object = {}) => {
    return (
      await world.app.inject({ method: 'POST', url: '/v1/calendar-feeds', headers: { ...headers }, payload })
    ).statusCode
  }

  t.is(await status({}), 401)
  t.is(await status(world.as('stakeholder')), 403)
  t.is(await status(world.as('admin')), 403)
  t.is(await status(world.as('patient'), { part: 'doctor' }), 403)
  t.is(await status(world.as('doctor'), { part: 'patient' }), 403)
  t.is(await status(world.as('patient'), { part: 'nurse' }), 400)
  t.is(await status(world.as('patient'), { title: 'Oncology' }), 400)
  t.is(await status(world.as('doctor')), 201)
})

test('ten feeds are enough for one person, opened one by one or all at once', async (t) => {
  const headers = world.as('patient')

  const answers = await Promise.all(
    Array.from({ length: 15 }, async () => {
      return world.app.inject({ method: 'POST', url: '/v1/calendar-feeds', headers, payload: {} })
    }),
  )

  t.is(answers.filter(({ statusCode }) => statusCode === 201).length, 10)
  t.is(answers.filter(({ statusCode }) => statusCode === 422).length, 5)
})

test('visits leave the feed a month after they were, and the database after that', async (t) => {
  const world = await createWorld(t)
  const id = randomUUID()
  const clinicId = await placeInParis(world)
  const answer = await world.app.inject({
    method: 'POST',
    url: '/v1/calendar-feeds',
    headers: world.as('patient', id),
    payload: {},
  })
  await tell(world, visitEvent({ patientId: id, clinicId }))
  const shown = async () => {
    const { body } = await world.app.inject(pathOf(answer.json<Opened>().url))
    return checkCalendar('old-feed', body).getAllSubcomponents('vevent').length
  }

  world.clock.now = Date.parse('2027-04-01T00:00:00Z')
  t.is(await shown(), 1)
  world.clock.now = Date.parse('2027-04-10T00:00:00Z')
  t.is(await shown(), 0)
  t.is(await deletePastVisits(world.core.pool, new Date(world.clock.now)), 1)
})
