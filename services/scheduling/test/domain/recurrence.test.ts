import test from 'ava'
import fc from 'fast-check'
import { RRuleTemporal } from 'rrule-temporal'
import { Temporal } from 'temporal-polyfill'

import { DAY_MS, dateOf, formatDate } from '../../src/domain/calendar.ts'
import { expand } from '../../src/domain/expand.ts'

const ICALENDAR_DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const CLINIC = { id: '00000000-0000-4000-8000-000000000001', active: true }

test('a rota row comes on the dates that its iCalendar rule names', (t) => {
  const rule = fc.record({
    zone: fc.constantFrom('America/Sao_Paulo', 'Asia/Tokyo', 'Europe/Lisbon', 'Pacific/Chatham'),
    weekday: fc.integer({ min: 1, max: 7 }),
    from: fc.integer({ min: dateOf('2015-01-01'), max: dateOf('2030-12-31') }),
    lasts: fc.integer({ min: 0, max: 90 }),
  })
  const property = fc.property(rule, ({ zone, weekday, from, lasts }) => {
    const noon = (day: number) => Temporal.ZonedDateTime.from(`${formatDate(day)}T12:00[${zone}]`)
    const recurrence = new RRuleTemporal({
      freq: 'WEEKLY',
      byDay: [ICALENDAR_DAYS[weekday - 1] ?? ''],
      dtstart: noon(from),
      until: noon(from + lasts),
      tzid: zone,
    })
    const shift = { weekday, start: 12 * 60, end: 13 * 60, effectiveFrom: from, effectiveTo: from + lasts }
    const windows = expand(
      {
        active: true,
        rotas: [{ id: 'row', clinicId: CLINIC.id, rule: null, except: [], ...shift }],
        exceptions: [],
        closures: [],
        clinics: [{ ...CLINIC, zone }],
      },
      { start: (from - 2) * DAY_MS, end: (from + lasts + 2) * DAY_MS },
    )
    t.deepEqual(
      windows.map(({ start }) => start),
      recurrence.all().map(({ epochMilliseconds }) => epochMilliseconds),
    )
  })
  fc.assert(property, { numRuns: 200 })
})
