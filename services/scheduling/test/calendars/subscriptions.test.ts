import { feed } from '@medqueue/icalendar'
import test from 'ava'

import { eventsOf, lastEventOf } from '../helpers/outbox.ts'
import { calendarOf, text } from '../helpers/outside-server.ts'
import { subscriber } from '../helpers/subscriber.ts'

/* One after the other: each moves its own clock, so each has a world of its own. */
const FREE = ['2027-01-11T11:00:00Z/2027-01-11T15:00:00Z']
const CUT = ['2027-01-11T11:00:00Z/2027-01-11T12:00:00Z', '2027-01-11T13:00:00Z/2027-01-11T15:00:00Z']
const dentist = { start: '20270111T120000Z', end: '20270111T130000Z' }
const MINUTE_MS = 60_000

test.serial('what another calendar says is taken is no window any more, and is published', async (t) => {
  const { outside, world, doctor, subscribe, refresh, monday } = await subscriber(t)
  outside.answer(text(calendarOf(dentist)))
  await subscribe()
  t.deepEqual(await monday(), FREE)

  t.is(await refresh(), 1)

  t.deepEqual(await monday(), CUT)
  const { data } = await lastEventOf(world.core.pool, doctor.doctorId)
  t.true(data.windows.some(({ start, end }) => `${start}/${end}` === CUT[1]))
  t.deepEqual(data.notes, [
    {
      start: '2027-01-11T12:00:00Z',
      end: '2027-01-11T13:00:00Z',
      clinicId: doctor.clinicId,
      reason: 'Not available',
    },
  ])
})

test.serial(
  'nobody is told what the other calendar says, nor of what lies outside the doctor’s hours',
  async (t) => {
    const { outside, world, doctor, headers, subscribe, refresh } = await subscriber(t)
    outside.answer(text(calendarOf(dentist, { start: '20270112T230000Z', end: '20270112T235900Z' })))
    await subscribe()
    await refresh()

    const event = JSON.stringify(await lastEventOf(world.core.pool, doctor.doctorId))
    const { rows } = await world.core.pool.query<{ all: string }>(
      'SELECT b::text AS all FROM calendar_busy b',
    )
    const url = '/v1/calendar-subscriptions/busy-times'
    const shown = (await world.app.inject({ url, headers })).json<{ items: object[] }>()

    t.false(/dentist/i.test(event + JSON.stringify(rows)))
    t.false(event.includes('2027-01-12T23'))
    t.deepEqual(shown.items[0], {
      start: '2027-01-11T12:00:00Z',
      end: '2027-01-11T13:00:00Z',
      note: 'Not available',
    })
  },
)

test.serial(
  'what the other calendar gives up is a window again at the next look, within five minutes',
  async (t) => {
    const { outside, subscribe, refresh, monday } = await subscriber(t)
    outside.answer(text(calendarOf(dentist)))
    await subscribe()
    await refresh()
    outside.answer(text(calendarOf()))

    t.is(await refresh(MINUTE_MS), 0)
    t.deepEqual(await monday(), CUT)
    t.is(await refresh(3 * MINUTE_MS), 1)
    t.deepEqual(await monday(), FREE)
  },
)

test.serial('an outside appointment beats an opening that the doctor has said', async (t) => {
  const { outside, doctor, subscribe, refresh, monday } = await subscriber(t)
  outside.answer(text(calendarOf(dentist)))
  await subscribe()
  await refresh()
  const { clinicId } = doctor
  await doctor.addException({ kind: 'open', clinicId, date: '2027-01-11', start: '08:00', end: '12:00' })

  t.deepEqual(await monday(), CUT)
})

test.serial('a calendar that is as it was publishes nothing', async (t) => {
  const { outside, world, doctor, subscribe, refresh, list } = await subscriber(t)
  const published = async () => (await eventsOf(world.core.pool, doctor.doctorId)).length
  outside.answer(text(calendarOf(dentist)))
  await subscribe()
  await refresh()
  const before = await published()

  outside.answer(text(calendarOf(dentist).replaceAll('DTSTAMP:20270101', 'DTSTAMP:20270202')))
  await refresh(4 * MINUTE_MS)
  outside.answer((_request, response) => void response.writeHead(304).end())
  await refresh(4 * MINUTE_MS)

  t.is(await published(), before)
  t.is((await list())[0]?.lastFetchedAt, new Date(world.clock.now).toISOString())
})

test.serial('a server is told what is known, so that it need not send it again', async (t) => {
  const { outside, subscribe, refresh, monday } = await subscriber(t)
  outside.answer(({ headers }, response) => {
    if (headers['if-none-match'] === '"1"') response.writeHead(304).end()
    else response.writeHead(200, { etag: '"1"' }).end(calendarOf(dentist))
  })
  await subscribe()
  await refresh()
  await refresh(4 * MINUTE_MS)
  await refresh(4 * MINUTE_MS)

  t.deepEqual(
    outside.requests.map(({ headers }) => headers['if-none-match']),
    [undefined, '"1"', '"1"'],
  )
  t.deepEqual(await monday(), CUT)
})

test.serial(
  'once a day an unchanged calendar is read again, for the days that have come into sight',
  async (t) => {
    const { outside, world, subscribe, refresh } = await subscriber(t)
    outside.answer(({ headers }, response) => {
      if (headers['if-none-match'] === '"1"') response.writeHead(304).end()
      else response.writeHead(200, { etag: '"1"' }).end(calendarOf({ ...dentist, rrule: 'FREQ=WEEKLY' }))
    })
    const last = async () => {
      const { rows } = await world.core.pool.query<{ last: Date }>(
        'SELECT max(ends_at) AS last FROM calendar_busy',
      )
      return rows[0]?.last.getTime() ?? 0
    }
    await subscribe()
    await refresh()
    const before = await last()

    await refresh(8 * 24 * 60 * MINUTE_MS)

    t.is((await last()) - before, 7 * 24 * 60 * MINUTE_MS)
  },
)

test.serial('a calendar that fails keeps what it said, and tells why', async (t) => {
  const { outside, world, subscribe, refresh, list, monday } = await subscriber(t)
  outside.answer(text(calendarOf(dentist)))
  await subscribe()
  await refresh()
  const read = new Date(world.clock.now).toISOString()

  outside.answer((_request, response) => void response.writeHead(500).end())
  await refresh(4 * MINUTE_MS)
  t.like((await list())[0], { lastFetchedAt: read, lastError: 'status_server_error' })
  outside.answer(text('<html>Log in, please</html>'))
  await refresh(4 * MINUTE_MS)
  t.like((await list())[0], { lastFetchedAt: read, lastError: 'not_a_calendar' })
  t.deepEqual(await monday(), CUT)

  outside.answer(text(calendarOf()))
  await refresh(4 * MINUTE_MS)
  t.like((await list())[0], { lastError: null })
  t.deepEqual(await monday(), FREE)
})

test.serial('a calendar that goes on failing is asked less often', async (t) => {
  const { outside, subscribe, refresh } = await subscriber(t)
  await subscribe()
  await refresh()
  for (let i = 0; i < 3; i++) await refresh(4 * MINUTE_MS)
  t.is(outside.requests.length, 4)

  t.is(await refresh(5 * MINUTE_MS), 0)
  t.is(await refresh(10 * MINUTE_MS), 1)
})

test.serial(
  'a calendar that takes time to answer is looked at by one replica, however many look',
  async (t) => {
    const { outside, subscribe, refresh } = await subscriber(t)
    outside.answer(text(calendarOf(dentist)))
    await subscribe()

    const counts = await Promise.all(Array.from({ length: 8 }, async () => refresh()))

    t.is(outside.requests.length, 1)
    t.is(
      counts.reduce((sum, count) => sum + count, 0),
      1,
    )
  },
)

test.serial('a subscription that ends gives its time back at once', async (t) => {
  const { outside, subscribe, refresh, remove, monday } = await subscriber(t)
  outside.answer(text(calendarOf(dentist)))
  const { id } = await subscribe()
  await refresh()

  t.is((await remove(id)).statusCode, 204)

  t.deepEqual(await monday(), FREE)
  t.is((await remove(id)).statusCode, 404)
})

test.serial('a subscription that ends while its calendar is fetched leaves nothing behind', async (t) => {
  const { outside, world, subscribe, refresh, remove, monday } = await subscriber(t)
  const { id } = await subscribe()
  outside.answer((_request, response) => {
    void remove(id).then(() => response.writeHead(200).end(calendarOf(dentist)))
  })

  await refresh()

  t.deepEqual(await monday(), FREE)
  t.is((await world.core.pool.query('SELECT FROM calendar_busy')).rowCount, 0)
})

test.serial('two calendars that overlap take the time of both', async (t) => {
  const { outside, post, subscribe, refresh, monday } = await subscriber(t)
  outside.answer(({ url }, response) => {
    response.end(
      url === '/other.ics'
        ? calendarOf({ start: '20270111T123000Z', end: '20270111T140000Z' })
        : calendarOf(dentist),
    )
  })
  await subscribe()
  t.is((await post({ url: outside.url('/other.ics') })).statusCode, 201)

  t.is(await refresh(), 2)

  t.deepEqual(await monday(), [
    '2027-01-11T11:00:00Z/2027-01-11T12:00:00Z',
    '2027-01-11T14:00:00Z/2027-01-11T15:00:00Z',
  ])
})

test.serial('our own visits come back with the doctor’s calendar, and close nothing', async (t) => {
  const { outside, subscribe, refresh, monday } = await subscriber(t)
  const start = Date.parse('2027-01-11T12:00:00Z')
  const own = {
    appointmentId: 'a',
    start,
    end: start + 30 * MINUTE_MS,
    zone: 'UTC',
    sequence: 0,
    changedAt: start,
  }
  const organizer = { name: 'Medqueue', email: 'calendar@clinic.example' }
  outside.answer(text(feed([{ ...own, status: 'confirmed' }], { name: 'x', refreshSeconds: 60, organizer })))
  await subscribe()
  await refresh()

  t.deepEqual(await monday(), FREE)
})

test.serial('a whole day is a day of the doctor’s clinic, unless the doctor says another zone', async (t) => {
  const { outside, post, refresh, list, monday } = await subscriber(t)
  outside.answer(
    text(
      calendarOf({ start: '20270111', end: '20270112' }).replaceAll(/DT(START|END):/g, 'DT$1;VALUE=DATE:'),
    ),
  )
  // Monday in Tokyo ends at 15:00 UTC, as the doctor's work does; in São Paulo it covers all of it as well.
  t.is((await post({ url: outside.url(), zone: 'Asia/Tokyo' })).statusCode, 201)
  await refresh()
  t.deepEqual(await monday(), [])
  t.is((await list())[0]?.zone, 'Asia/Tokyo')

  const other = await post({ url: outside.url('/2') })
  t.is(other.json<{ zone: string }>().zone, 'America/Sao_Paulo')
})

test.serial('the address is not shown again: it may be all that guards the calendar', async (t) => {
  const { outside, world, headers, post, list } = await subscriber(t)
  const answer = await post({ url: outside.url('/private-3f9a/basic.ics') })

  const { id } = answer.json<{ id: string }>()
  const one = await world.app.inject({ url: `/v1/calendar-subscriptions/${id}`, headers })
  t.false((answer.body + one.body + JSON.stringify(await list())).includes('3f9a'))
  t.is((await list())[0]?.host, 'localhost')
})

test.serial(
  'doctors see and end their own subscriptions, administrators everybody’s, patients none',
  async (t) => {
    const { world, doctor, subscribe, remove } = await subscriber(t)
    const { id } = await subscribe()
    const url = `/v1/calendar-subscriptions`
    const status = async (headers: object, path: string) =>
      (await world.app.inject({ url: path, headers: { ...headers } })).statusCode
    const mine = `${url}?doctorId=${doctor.doctorId}`

    t.is(await status({}, url), 401)
    t.is(await status(world.as('patient'), url), 403)
    t.is(await status(world.as('doctor'), mine), 403)
    t.is(await status(world.as('doctor'), `${url}/${id}`), 404)
    t.is(await status(world.as('doctor'), `${url}/busy-times?doctorId=${doctor.doctorId}`), 403)
    t.is(await status(world.as('admin'), mine), 200)
    t.is((await remove(id, world.as('doctor'))).statusCode, 404)
    t.is((await remove(id, world.as('admin'))).statusCode, 204)
  },
)

test.serial('an address that cannot be outside is refused, and nothing is written', async (t) => {
  const { outside, world, post } = await subscriber(t)
  const bad = [
    'http://calendar.example/a.ics',
    'ftp://calendar.example/a.ics',
    'calendar.example/a.ics',
    'https://',
    'https://user:secret@calendar.example/a.ics',
    'https://127.0.0.2/a.ics',
    'https://[::1]/a.ics',
    'https://0x7f000001/a.ics',
    'https://intranet/a.ics',
    'https://calendar.example:8443/a.ics',
    'javascript:alert(1)',
    'file:///etc/passwd',
  ]
  for (const url of bad) {
    const answer = await post({ url })
    t.is(answer.statusCode, 422, url)
    t.is(answer.json<{ code: string }>().code, 'SCHEDULING_CALENDAR_ADDRESS')
  }
  t.is((await post({})).statusCode, 400)
  t.is((await post({ url: `https://calendar.example/${'x'.repeat(2_048)}` })).statusCode, 400)
  t.is((await post({ url: outside.url(), zone: 'Mars/Olympus' })).statusCode, 422)
  t.is((await post({ url: outside.url(), doctorId: '3f0c0a52-7f0e-4d5e-9d0a-0d2f9a3f6b11' })).statusCode, 403)
  t.is((await world.core.pool.query('SELECT FROM calendar_subscriptions')).rowCount, 0)
})

test.serial('webcal is https to us', async (t) => {
  const { outside, post, refresh, list } = await subscriber(t)
  outside.answer(text(calendarOf(dentist)))

  t.is((await post({ url: outside.url().replace('https:', 'webcal:') })).statusCode, 201)
  await refresh()

  t.like((await list())[0], { lastError: null })
})

test.serial('five calendars are enough for one doctor, also when all are asked for at once', async (t) => {
  const { outside, post } = await subscriber(t)

  const answers = await Promise.all(
    Array.from({ length: 8 }, async (_, i) => post({ url: outside.url(`/${i}`) })),
  )

  t.is(answers.filter(({ statusCode }) => statusCode === 201).length, 5)
  t.is(answers.filter(({ statusCode }) => statusCode === 422).length, 3)
})
