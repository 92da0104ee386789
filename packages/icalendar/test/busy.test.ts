import test from 'ava'

import { busyTimes, feed, isOwnUid } from '../src/index.ts'
import { calendar, event, PARIS, read } from './helpers/outside.ts'
import { parties, visit } from './helpers/visits.ts'

test('an event with a described zone, one in UTC and one without a zone are each busy at their own instant', (t) => {
  const described = event({
    DTSTART: ';TZID=Odd Zone:20270301T100000',
    DTEND: ';TZID=Odd Zone:20270301T110000',
  })
  const zone = [
    'BEGIN:VTIMEZONE',
    'TZID:Odd Zone',
    'BEGIN:STANDARD',
    'DTSTART:19700101T000000',
    'TZOFFSETFROM:+0330',
    'TZOFFSETTO:+0330',
    'END:STANDARD',
    'END:VTIMEZONE',
  ]
  const utc = event({ DTSTART: ':20270302T100000Z', DTEND: ':20270302T110000Z' })
  const floating = event({ DTSTART: ':20270303T100000', DTEND: ':20270303T110000' })

  t.deepEqual(read(calendar(...zone, ...described, ...utc, ...floating)), [
    '2027-03-01T06:30Z/2027-03-01T07:30Z',
    '2027-03-02T10:00Z/2027-03-02T11:00Z',
    '2027-03-03T09:00Z/2027-03-03T10:00Z',
  ])
})

test('a zone that is only named is looked up, and one that nobody knows counts as the owner’s', (t) => {
  const named = event({ DTSTART: ';TZID=America/Sao_Paulo:20270301T100000', DURATION: ':PT30M' })
  const unknown = event({ DTSTART: ';TZID=Nowhere/Land:20270302T100000', DURATION: ':PT30M' })

  t.deepEqual(read(calendar(...named, ...unknown)), [
    '2027-03-01T13:00Z/2027-03-01T13:30Z',
    '2027-03-02T09:00Z/2027-03-02T09:30Z',
  ])
})

test('a whole day is the owner’s day, be it 23 hours long', (t) => {
  const day = event({ DTSTART: ';VALUE=DATE:20270328' })
  const three = event({ DTSTART: ';VALUE=DATE:20270401', DTEND: ';VALUE=DATE:20270404' })

  t.deepEqual(read(calendar(...day, ...three)), [
    '2027-03-27T23:00Z/2027-03-28T22:00Z',
    '2027-03-31T22:00Z/2027-04-03T22:00Z',
  ])
})

test('events that are free, cancelled or without length take nobody’s time', (t) => {
  const times = { DTSTART: ':20270301T100000Z', DTEND: ':20270301T110000Z' }
  const free = event({ ...times, TRANSP: ':TRANSPARENT' })
  const shownAsFree = event({ ...times, 'X-MICROSOFT-CDO-BUSYSTATUS': ':FREE' })
  const cancelled = event({ ...times, STATUS: ':CANCELLED' })
  const instant = event({ DTSTART: ':20270301T100000Z' })

  t.deepEqual(read(calendar(...free, ...shownAsFree, ...cancelled, ...instant)), [])
})

test('a calendar that calls events off takes nobody’s time', (t) => {
  const called = event({ DTSTART: ':20270301T100000Z', DTEND: ':20270301T110000Z' })

  t.deepEqual(read(calendar('METHOD:CANCEL', ...called)), [])
})

test('events that touch or overlap are one busy time', (t) => {
  const one = event({ DTSTART: ':20270301T100000Z', DTEND: ':20270301T110000Z' })
  const two = event({ DTSTART: ':20270301T103000Z', DTEND: ':20270301T113000Z' })
  const three = event({ DTSTART: ':20270301T113000Z', DTEND: ':20270301T120000Z' })

  t.deepEqual(read(calendar(...three, ...one, ...two)), ['2027-03-01T10:00Z/2027-03-01T12:00Z'])
})

test('a weekly event stays at its wall time across a clock change', (t) => {
  const weekly = event({
    DTSTART: `;TZID=${PARIS}:20270322T090000`,
    DURATION: ':PT1H',
    RRULE: ':FREQ=WEEKLY;COUNT=3',
  })

  t.deepEqual(read(calendar(...weekly)), [
    '2027-03-22T08:00Z/2027-03-22T09:00Z',
    '2027-03-29T07:00Z/2027-03-29T08:00Z',
    '2027-04-05T07:00Z/2027-04-05T08:00Z',
  ])
})

test('a repetition that is excluded, moved or called off is not where it was', (t) => {
  const times = { DTSTART: `;TZID=${PARIS}:20270301T090000`, DURATION: ':PT1H' }
  const master = event({
    UID: ':a',
    ...times,
    RRULE: ':FREQ=DAILY;COUNT=5',
    EXDATE: `;TZID=${PARIS}:20270302T090000`,
  })
  const moved = event({
    UID: ':a',
    'RECURRENCE-ID': `;TZID=${PARIS}:20270303T090000`,
    DTSTART: `;TZID=${PARIS}:20270303T150000`,
    DURATION: ':PT2H',
  })
  const off = event({ UID: ':a', ...times, 'RECURRENCE-ID': ':20270304T080000Z', STATUS: ':CANCELLED' })

  t.deepEqual(read(calendar(...moved, ...master, ...off)), [
    '2027-03-01T08:00Z/2027-03-01T09:00Z',
    '2027-03-03T14:00Z/2027-03-03T16:00Z',
    '2027-03-05T08:00Z/2027-03-05T09:00Z',
  ])
})

test('a change of this and all following repetitions moves those', (t) => {
  const master = event({
    UID: ':a',
    DTSTART: ':20270301T090000Z',
    DURATION: ':PT1H',
    RRULE: ':FREQ=DAILY;COUNT=4',
  })
  const following = event({
    UID: ':a',
    'RECURRENCE-ID': ';RANGE=THISANDFUTURE:20270303T090000Z',
    DTSTART: ':20270303T110000Z',
    DURATION: ':PT2H',
  })

  t.deepEqual(read(calendar(...master, ...following)), [
    '2027-03-01T09:00Z/2027-03-01T10:00Z',
    '2027-03-02T09:00Z/2027-03-02T10:00Z',
    '2027-03-03T11:00Z/2027-03-03T13:00Z',
    '2027-03-04T11:00Z/2027-03-04T13:00Z',
  ])
})

test('UNTIL in UTC ends a repetition in the zone of the event', (t) => {
  // 22:30 UTC on the 2nd is 23:30 on the 2nd in Paris, so the third day is out and the second is in.
  const until = event({
    DTSTART: `;TZID=${PARIS}:20270301T233000`,
    DURATION: ':PT10M',
    RRULE: ':FREQ=DAILY;UNTIL=20270302T223000Z',
  })

  t.deepEqual(read(calendar(...until)), [
    '2027-03-01T22:30Z/2027-03-01T22:40Z',
    '2027-03-02T22:30Z/2027-03-02T22:40Z',
  ])
})

test('a birthday on a leap day is in leap years only', (t) => {
  const yearly = event({ DTSTART: ':20240229T100000Z', DURATION: ':PT1H', RRULE: ':FREQ=YEARLY' })
  const range = { start: Date.UTC(2027, 0, 1), end: Date.UTC(2029, 0, 1) }

  t.deepEqual(read(calendar(...yearly), { range }), ['2028-02-29T10:00Z/2028-02-29T11:00Z'])
})

test('added dates count, and a date excludes what starts on it', (t) => {
  const added = event({
    DTSTART: ':20270301T090000Z',
    DURATION: ':PT1H',
    RDATE: ':20270305T090000Z,20270306T090000Z',
    EXDATE: ';VALUE=DATE:20270305',
  })

  t.deepEqual(read(calendar(...added)), [
    '2027-03-01T09:00Z/2027-03-01T10:00Z',
    '2027-03-06T09:00Z/2027-03-06T10:00Z',
  ])
})

test('a repetition that began years ago is still there', (t) => {
  const old = event({
    DTSTART: `;TZID=${PARIS}:20100104T090000`,
    DURATION: ':PT1H',
    RRULE: ':FREQ=WEEKLY;BYDAY=MO',
  })

  t.is(read(calendar(...old))[0], '2027-03-01T08:00Z/2027-03-01T09:00Z')
})

test('an event that began before the range counts for the part inside', (t) => {
  const long = event({ DTSTART: ':20270201T000000Z', DTEND: ':20270301T120000Z' })
  const nightly = event({ DTSTART: ':20270227T200000Z', DURATION: ':PT12H', RRULE: ':FREQ=DAILY;COUNT=2' })

  t.deepEqual(read(calendar(...long)), ['2027-03-01T00:00Z/2027-03-01T12:00Z'])
  t.deepEqual(read(calendar(...nightly)), ['2027-03-01T00:00Z/2027-03-01T08:00Z'])
})

test('free and busy parts count, except those that say free', (t) => {
  const parts = [
    'BEGIN:VFREEBUSY',
    'UID:f',
    'DTSTAMP:20270101T000000Z',
    'FREEBUSY:20270301T090000Z/20270301T100000Z,20270302T090000Z/PT30M',
    'FREEBUSY;FBTYPE=FREE:20270303T090000Z/20270303T100000Z',
    'END:VFREEBUSY',
  ]

  t.deepEqual(read(calendar(...parts)), [
    '2027-03-01T09:00Z/2027-03-01T10:00Z',
    '2027-03-02T09:00Z/2027-03-02T09:30Z',
  ])
})

test('an event that makes no sense is left out, and the others stay', (t) => {
  const none = event({ SUMMARY: ':no time at all' })
  const nonsense = event({ DTSTART: ':tomorrow', DTEND: ':20270231T110000' })
  const backwards = event({ DTSTART: ':20270301T120000Z', DTEND: ':20270301T110000Z' })
  const good = event({ DTSTART: ':20270301T100000Z', DTEND: ':20270301T110000Z' })

  t.deepEqual(read(calendar(...none, ...nonsense, ...backwards, ...good)), [
    '2027-03-01T10:00Z/2027-03-01T11:00Z',
  ])
})

test('our own visits in somebody’s calendar are left out when asked', (t) => {
  const start = Date.UTC(2027, 2, 5, 18)
  const range = { start: start - 1, end: start + 86_400_000 }
  const text = feed([visit({ start, end: start + 1_800_000 })], {
    name: 'x',
    refreshSeconds: 60,
    organizer: parties.organizer,
  })

  t.is(busyTimes(text, { zone: PARIS, range }).length, 1)
  t.is(busyTimes(text, { zone: PARIS, range, ignores: isOwnUid }).length, 0)
})
