import test from 'ava'
import fc from 'fast-check'

import { dateAt, dayOf, shiftBetween, shifted, timeAt } from '../../src/domain/clinic-day.ts'

const ZONES = [
  'UTC',
  'America/Sao_Paulo',
  'Europe/Paris',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
] as const

const zones = fc.constantFrom(...ZONES)
const HOUR = 3_600
/** Quarters of an hour from 2026 to 2029. */
const instants = fc
  .integer({ min: 1_767_225_600 / 900, max: 1_861_920_000 / 900 })
  .map((quarter) => quarter * 900)

/** What the runtime's own calendar says, found another way. */
const wall = (seconds: number, zone: string) =>
  new Intl.DateTimeFormat('sv-SE', {
    ...{
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    },
  }).format(seconds * 1_000)

test('date and time of day are those that the clocks of the zone show', (t) => {
  fc.assert(
    fc.property(instants, zones, (at, zone) => {
      t.is(`${dateAt(at, zone)} ${timeAt(at, zone)}`, wall(at, zone))
    }),
  )
})

test('days follow one another without gap or overlap, and an instant is in the day of its date', (t) => {
  fc.assert(
    fc.property(instants, zones, (at, zone) => {
      const day = dayOf(dateAt(at, zone), zone)
      t.true(day !== undefined && day.start <= at && at < day.end)
      const next = dayOf(dateAt(day?.end ?? 0, zone), zone)
      t.is(next?.start, day?.end)
    }),
  )
})

test('a day with a change of clocks has 23 or 25 hours, or half an hour less or more', (t) => {
  const hours = (date: string, zone: string) => {
    const { start = 0, end = 0 } = dayOf(date, zone) ?? {}
    return (end - start) / HOUR
  }
  t.is(hours('2027-03-28', 'Europe/Paris'), 23)
  t.is(hours('2027-10-31', 'Europe/Paris'), 25)
  t.is(hours('2027-10-03', 'Australia/Lord_Howe'), 23.5)
  t.is(hours('2027-04-04', 'Australia/Lord_Howe'), 24.5)
})

for (const date of ['2027-02-30', '2027-13-01', 'soon'])
  test(`${date} is no date`, (t) => t.is(dayOf(date, 'UTC'), undefined))

test('a shift takes its own instant where it leads, unless clocks repeat that hour', (t) => {
  fc.assert(
    fc.property(instants, fc.integer({ min: -60, max: 60 }), zones, (from, days, zone) => {
      const to = from + days * 86_400
      const there = shifted(from, shiftBetween(from, to, zone), zone)
      t.is(wall(there ?? 0, zone), wall(to, zone))
    }),
  )
})

test('a shifted visit keeps the days between and the time of day, whatever clocks do meanwhile', (t) => {
  fc.assert(
    fc.property(instants, instants, fc.integer({ min: 0, max: 40 }), zones, (one, other, days, zone) => {
      const shift = shiftBetween(one, one + days * 86_400, zone)
      const there = shifted(other, shift, zone)
      if (there === undefined) return
      t.is(timeAt(there, zone), timeAt(one + days * 86_400, zone))
      const between = Date.parse(dateAt(there, zone)) - Date.parse(dateAt(other, zone))
      t.is(between / 86_400_000, shift.days)
    }),
  )
})

test('what clocks skip is told: 02:30 on the night they are put forward', (t) => {
  const at = (text: string) => Date.parse(text) / 1_000
  const shift = shiftBetween(at('2027-03-20T09:00:00Z'), at('2027-03-20T01:30:00Z'), 'Europe/Paris')
  t.is(shifted(at('2027-03-28T09:00:00Z'), shift, 'Europe/Paris'), undefined)
  t.is(shifted(at('2027-03-27T09:00:00Z'), shift, 'Europe/Paris'), at('2027-03-27T01:30:00Z'))
})
