import test from 'ava'
import fc from 'fast-check'

import { feed, uidOf, type Visit } from '../src/index.ts'
import { checkCalendar } from '../src/testing/index.ts'
import { at, parties, visit } from './helpers/visits.ts'

const options = { name: 'Medqueue', refreshSeconds: 3_600, organizer: parties.organizer }
const ZONES = [
  'Europe/Paris',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
]

test('a feed holds its visits with nothing but the word Visit and where the clock stands', (t) => {
  const text = feed([visit()], options)

  const [event] = checkCalendar('feed', text).getAllSubcomponents('vevent')
  t.is(event?.getFirstPropertyValue('summary'), 'Visit')
  t.false(event?.hasProperty('location'))
  t.false(event?.hasProperty('attendee'))
  t.regex(text, /\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n/)
})

test('a feed without visits is still a calendar', (t) => {
  const calendar = checkCalendar('feed-empty', feed([], options))

  t.is(calendar.getAllSubcomponents('vevent').length, 0)
  t.is(calendar.getAllSubcomponents().length, 1)
})

test('each zone of a feed is described once', (t) => {
  const visits = ZONES.flatMap((zone, index) =>
    [0, 1].map((again) => visit({ zone, appointmentId: `${index}-${again}` })),
  )

  const zones = checkCalendar('feed-zones', feed(visits, options)).getAllSubcomponents('vtimezone')

  t.deepEqual(zones.map((zone) => zone.getFirstPropertyValue('tzid')).sort(), ZONES.toSorted())
})

test('the same visits give the same text', (t) => {
  t.is(feed([visit()], options), feed([visit()], options))
})

const visits: fc.Arbitrary<Visit[]> = fc
  .array(
    fc.record({
      start: fc.integer({
        min: at('2026-01-01T00:00', 'UTC') / 60_000,
        max: at('2030-01-01T00:00', 'UTC') / 60_000,
      }),
      minutes: fc.integer({ min: 5, max: 1_440 }),
      zone: fc.constantFrom(...ZONES),
      status: fc.constantFrom('tentative' as const, 'confirmed' as const, 'cancelled' as const),
      sequence: fc.nat(50),
      place: fc.string({ maxLength: 40 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((all) =>
    all.map(({ start, minutes, place, ...rest }, index) => {
      const times = { start: start * 60_000, end: (start + minutes) * 60_000 }
      return visit({ ...rest, ...times, appointmentId: `id-${index}`, place: { name: place } })
    }),
  )

test('whatever the visits, reading the feed gives them back', (t) => {
  fc.assert(
    fc.property(visits, (given) => {
      const events = checkCalendar('feed-random', feed(given, options)).getAllSubcomponents('vevent')
      const read = events.map((event) => {
        const instant = (name: string) => {
          return (event.getFirstPropertyValue(name) as { toUnixTime: () => number }).toUnixTime() * 1000
        }
        return {
          uid: event.getFirstPropertyValue('uid'),
          sequence: event.getFirstPropertyValue('sequence'),
          status: String(event.getFirstPropertyValue('status')).toLowerCase(),
          start: instant('dtstart'),
          end: instant('dtend'),
          changedAt: instant('dtstamp'),
        }
      })
      const wanted = given.map(({ appointmentId, sequence, status, start, end, changedAt }) => {
        return { uid: uidOf(appointmentId), sequence, status, start, end, changedAt }
      })
      t.deepEqual(read, wanted)
    }),
    { numRuns: 200 },
  )
})
