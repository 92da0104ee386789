import test from 'ava'

import { DAY_MS, dateOf } from '../../src/domain/calendar.ts'
import { expand } from '../../src/domain/expand.ts'
import { parseRule, type Rule } from '../../src/domain/recurrence.ts'

const CLINIC = '00000000-0000-4000-8000-000000000001'
const MONDAY = dateOf('2027-01-04')

const ZONES = [
  'Australia/Lord_Howe', // half an hour
  'Asia/Kathmandu', // five and three quarters from UTC
  'Africa/Casablanca', // back in Ramadan
  'America/Sao_Paulo', // no change any more
  'America/New_York',
  'Europe/Lisbon',
  'Pacific/Chatham', // a quarter past, at its own hour
  'Asia/Beirut', // at midnight
]

/** What the clocks of a zone read, by the runtime's formatter: nothing of the product is used. */
const clockOf = (zone: string) => {
  const options = {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  } as const
  const format = new Intl.DateTimeFormat('en-GB', options)
  return (instant: number) => format.format(instant)
}

const pattern: [string, { weekday: number | null; rule: Rule | null }][] = [
  ['by weekday', { weekday: 1, rule: null }],
  ['by rule', { weekday: null, rule: parseRule('FREQ=WEEKLY;BYDAY=MO') }],
]
for (const zone of ZONES) {
  for (const [name, dates] of pattern) {
    test(`Monday 09:00 ${name} stays Monday 09:00 in ${zone} for 53 weeks`, (t) => {
      const shift = { start: 9 * 60, end: 10 * 60, effectiveFrom: MONDAY, effectiveTo: MONDAY + 52 * 7 }
      const windows = expand(
        {
          active: true,
          rotas: [{ id: 'row', clinicId: CLINIC, ...dates, except: [], ...shift }],
          exceptions: [],
          closures: [],
          clinics: [{ id: CLINIC, zone, active: true }],
        },
        { start: (MONDAY - 3) * DAY_MS, end: (MONDAY + 400) * DAY_MS },
      )
      const clock = clockOf(zone)
      t.is(windows.length, 53)
      t.deepEqual([...new Set(windows.map(({ start }) => clock(start)))], ['Mon 09:00'])
      t.deepEqual([...new Set(windows.map(({ end }) => clock(end)))], ['Mon 10:00'])
    })
  }
}
