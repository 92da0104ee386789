import test from 'ava'
import fc from 'fast-check'

import { dateAt, dayOf, timeAt } from '../../src/domain/clinic-day.ts'
import { expandRule, overlaps } from '../../src/series/rule.ts'

const ZONES = ['UTC', 'America/Sao_Paulo', 'Europe/Paris', 'Australia/Lord_Howe', 'Asia/Kathmandu'] as const
const at = (text: string) => Date.parse(text) / 1_000

/** Any quarter of an hour of 2027, and any zone. */
const first = fc
  .integer({ min: 0, max: 365 * 96 - 1 })
  .map((quarter) => at('2027-01-01T00:00:00Z') + quarter * 900)
const zones = fc.constantFrom(...ZONES)

test('every n weeks at the time of the first visit on the clinic’s clocks, whatever they do meanwhile', (t) => {
  fc.assert(
    fc.property(
      first,
      zones,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 13 }),
      (start, zone, n, count) => {
        const found = expandRule({ first: start, zone, rrule: `FREQ=WEEKLY;INTERVAL=${n};COUNT=${count}` })
        if (!('starts' in found)) return t.fail()
        // A slow and plain way: day by day, at that time of day.
        const days = found.starts.map((one) => Date.parse(dateAt(one, zone)) / 86_400_000)
        t.true(found.starts.every((one) => timeAt(one, zone) === timeAt(start, zone)))
        t.true(days.every((day) => (day - (days[0] ?? 0)) % (7 * n) === 0))
        t.is(found.starts[0], start)
        t.is(found.starts.length, count)
      },
    ),
    { numRuns: 300 },
  )
})

test('what clocks skip has no visit, and the visits after it are not shifted', (t) => {
  const found = expandRule({
    first: at('2027-03-26T01:30:00Z'),
    zone: 'Europe/Paris',
    rrule: 'FREQ=DAILY;UNTIL=20270330T000000Z',
  })
  t.deepEqual(found, {
    starts: [at('2027-03-26T01:30:00Z'), at('2027-03-27T01:30:00Z'), at('2027-03-29T00:30:00Z')],
  })
})

test('Mondays and Thursdays until a date', (t) => {
  const zone = 'America/Sao_Paulo'
  const { start = 0 } = dayOf('2027-03-01', zone) ?? {}
  const found = expandRule({
    ...{ first: start + 9 * 3_600, zone },
    rrule: 'FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20270312T000000Z',
  })
  t.deepEqual(
    'starts' in found ? found.starts.map((one) => `${dateAt(one, zone)} ${timeAt(one, zone)}`) : found,
    ['2027-03-01 09:00', '2027-03-04 09:00', '2027-03-08 09:00', '2027-03-11 09:00'],
  )
})

const invalid = [
  'FREQ=WEEKLY',
  'FREQ=SECONDLY;COUNT=5',
  'FREQ=MINUTELY;COUNT=5',
  'FREQ=HOURLY;COUNT=5',
  'FREQ=DAILY;COUNT=0',
  'FREQ=DAILY;COUNT=99999999',
  'FREQ=DAILY;COUNT=5;BYHOUR=1,2,3',
  'FREQ=DAILY;COUNT=5;COUNT=6',
  'FREQ=DAILY;INTERVAL=-1;COUNT=2',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3',
  'COUNT=3',
  'FREQ=WEEKLY;UNTIL=tomorrow',
  'FREQ=DAILY;COUNT=3\nRDATE:20270101T000000Z',
  'nothing',
]
for (const rrule of invalid)
  test(`no rule of ours: ${JSON.stringify(rrule)}`, (t) => {
    t.deepEqual(expandRule({ first: at('2027-03-01T09:00:00Z'), zone: 'UTC', rrule }), { fault: 'invalid' })
  })

for (const rrule of ['FREQ=DAILY;COUNT=53', 'FREQ=WEEKLY;UNTIL=20990101T000000Z', 'FREQ=YEARLY;COUNT=3'])
  test(`too long: ${rrule}`, (t) => {
    t.deepEqual(expandRule({ first: at('2027-03-01T09:00:00Z'), zone: 'UTC', rrule }), { fault: 'too-long' })
  })

test('any text is a rule, or invalid, or too long, and never an error', (t) => {
  const word = fc.constantFrom(
    'FREQ=DAILY',
    'COUNT=9',
    'BYDAY=-1MO',
    'BYSETPOS=-400',
    'INTERVAL=999',
    'BYMONTHDAY=31',
    'UNTIL=20270404',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join(';')),
      ),
      zones,
      (rrule, zone) => {
        const found = expandRule({ first: at('2027-03-01T09:00:00Z'), zone, rrule })
        t.true('fault' in found || (found.starts.length > 0 && found.starts.length <= 52))
      },
    ),
    { numRuns: 300 },
  )
})

test('visits overlap when one begins before the one before it ends, in whatever order they are named', (t) => {
  t.true(overlaps([3_600, 0, 600], 1_200))
  t.true(overlaps([0, 0], 1))
  t.false(overlaps([2_400, 0, 1_200], 1_200))
})
