import test from 'ava'
import fc from 'fast-check'

import { busyTimes, BUSY_LIMITS, BusyError, type BusyFault } from '../src/index.ts'
import { calendar, event, PARIS, RANGE, read } from './helpers/outside.ts'

const question = { zone: PARIS, range: RANGE }

function faultOf(ics: string, limits = BUSY_LIMITS): BusyFault | 'none' {
  try {
    busyTimes(ics, { ...question, limits })
    return 'none'
  } catch (error) {
    if (error instanceof BusyError) return error.fault
    throw error
  }
}

test('what is no calendar is told as such', (t) => {
  for (const text of [
    '',
    'hello',
    '<html></html>',
    'BEGIN:VCARD\r\nEND:VCARD',
    'BEGIN:VCALENDAR\r\nBEGIN:VEVENT',
    '\u0000',
  ]) {
    t.is(faultOf(text), 'not_a_calendar', text)
  }
})

test('a calendar with a rule that is none cannot be read, and is told as such', (t) => {
  const bad = event({ DTSTART: ':20270301T100000Z', DURATION: ':PT1H', RRULE: ':FREQ=NEVER' })

  t.is(faultOf(calendar(...bad)), 'not_a_calendar')
})

test('a text that is too long is not looked at', (t) => {
  t.is(faultOf('x'.repeat(BUSY_LIMITS.characters + 1)), 'too_long')
})

test('more events than are read is a fault, not a shorter answer', (t) => {
  const some = [1, 2, 3].flatMap(() => event({ DTSTART: ':20270301T100000Z', DURATION: ':PT1H' }))

  t.is(faultOf(calendar(...some), { ...BUSY_LIMITS, events: 3 }), 'none')
  t.is(faultOf(calendar(...some), { ...BUSY_LIMITS, events: 2 }), 'too_many_events')
})

test('a rule that repeats every second for ever is given up', (t) => {
  const bomb = event({ DTSTART: ':19700101T000000Z', DURATION: ':PT1S', RRULE: ':FREQ=SECONDLY' })

  t.is(faultOf(calendar(...bomb)), 'too_many_occurrences')
})

test('many rules share one budget', (t) => {
  const daily = () =>
    event({ DTSTART: ':20270301T100000Z', DURATION: ':PT1H', RRULE: ':FREQ=DAILY;COUNT=30' })

  t.is(faultOf(calendar(...daily(), ...daily()), { ...BUSY_LIMITS, occurrences: 60 }), 'none')
  t.is(faultOf(calendar(...daily(), ...daily()), { ...BUSY_LIMITS, occurrences: 59 }), 'too_many_occurrences')
})

test('thousands of added dates share it too', (t) => {
  const dates = Array.from({ length: 500 }, () => '20270301T100000Z').join(',')
  const bomb = event({ DTSTART: ':20270301T100000Z', DURATION: ':PT1H', RDATE: `:${dates}` })

  t.is(faultOf(calendar(...bomb), { ...BUSY_LIMITS, occurrences: 499 }), 'too_many_occurrences')
})

test('more busy times than are kept is a fault', (t) => {
  const hourly = event({ DTSTART: ':20270301T000000Z', DURATION: ':PT5M', RRULE: ':FREQ=HOURLY;COUNT=11' })

  t.is(faultOf(calendar(...hourly), { ...BUSY_LIMITS, intervals: 11 }), 'none')
  t.is(faultOf(calendar(...hourly), { ...BUSY_LIMITS, intervals: 10 }), 'too_many_occurrences')
})

test('rules that never come true end, and harm no other event', (t) => {
  const never = [
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31',
    'FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6',
    'FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1',
  ]
  const good = event({ DTSTART: ':20270301T100000Z', DTEND: ':20270301T110000Z' })
  for (const rule of never) {
    const bad = event({ DTSTART: ':20100601T100000Z', DURATION: ':PT1H', RRULE: `:${rule}` })
    t.deepEqual(read(calendar(...bad, ...good)), ['2027-03-01T10:00Z/2027-03-01T11:00Z'], rule)
  }
})

const property = fc.oneof(
  fc.tuple(
    fc.constantFrom('DTSTART', 'DTEND', 'RRULE', 'EXDATE', 'RDATE', 'DURATION', 'RECURRENCE-ID', 'UID'),
    fc.string(),
  ),
  fc.tuple(
    fc.constantFrom('RRULE'),
    fc.constantFrom(
      'FREQ=WEEKLY;BYDAY=XX',
      'FREQ=DAILY;COUNT=-1',
      'UNTIL=x',
      'FREQ=MONTHLY;BYSETPOS=0',
      'FREQ=DAILY;UNTIL=19000101',
    ),
  ),
)

test('whatever an event holds, it is read or given up by name', (t) => {
  fc.assert(
    fc.property(fc.array(property, { maxLength: 8 }), (properties) => {
      const broken = Object.fromEntries(
        properties.map(([name, value]) => [name, `:${value.replaceAll(/[\r\n]/g, '')}`]),
      )
      t.notThrows(() => faultOf(calendar(...event({ DTSTART: ':20270301T100000Z', ...broken }))))
    }),
    { numRuns: 500 },
  )
})
