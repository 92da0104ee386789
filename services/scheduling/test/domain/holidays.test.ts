import test from 'ava'

import { dateOf, formatDate } from '../../src/domain/calendar.ts'
import {
  calendarFault,
  type HolidayCalendar,
  holidayClosures,
  holidaysOf,
} from '../../src/domain/holidays.ts'

const calendar = (overrides: Partial<HolidayCalendar> = {}): HolidayCalendar => {
  return { country: 'BR', region: 'ES', language: null, ...overrides }
}
const dates = (of: HolidayCalendar, year: number) => {
  return holidaysOf(of, year).map(({ from, to, name }) => `${formatDate(from)} ${to - from + 1} ${name}`)
}

test('a region keeps its country’s public holidays and its own', (t) => {
  const kept = dates(calendar(), 2027)
  t.true(
    kept.includes('2027-09-07 1 Independência do Brasil') ||
      kept.some((one) => one.startsWith('2027-09-07 1')),
  )
  t.true(kept.some((one) => one.startsWith('2027-04-05 1 Dia de Nossa Senhora da Penha')))
  t.false(dates(calendar({ region: null }), 2027).some((one) => one.includes('Penha')))
})

test('names come in the language that is asked for', (t) => {
  t.true(dates(calendar({ language: 'en' }), 2027).includes('2027-12-25 1 Christmas Day'))
})

test('an Easter on which the clocks change lasts one day', (t) => {
  t.true(dates(calendar({ country: 'AL', region: null }), 2027).some((one) => one.startsWith('2027-03-28 1')))
})

test('a holiday of several days is told with its last day, and one that begins at noon from noon', (t) => {
  t.true(dates(calendar({ country: 'AM', region: null }), 2027).some((one) => one.startsWith('2027-01-01 2')))
  const eve = holidaysOf(calendar({ country: 'IS', region: null }), 2027).find(({ from }) => {
    return formatDate(from) === '2027-12-24'
  })
  t.is(eve?.start, 13 * 60)
})

test('what is no calendar is told by its part', (t) => {
  t.is(calendarFault(calendar()), undefined)
  t.is(calendarFault(calendar({ region: null })), undefined)
  t.is(calendarFault(calendar({ country: 'XX', region: null })), 'country')
  t.is(calendarFault(calendar({ region: 'XX' })), 'region')
  t.is(calendarFault(calendar({ country: 'constructor', region: null })), 'country')
  t.is(calendarFault(calendar({ region: 'constructor' })), 'region')
})

test('closures are those of the days asked for, across the year, without the days that are worked', (t) => {
  const days: [number, number] = [dateOf('2027-12-20'), dateOf('2028-01-05')]
  const closed = (worked: string[]) => {
    const of = { ...calendar({ language: 'en' }), worked: worked.map(dateOf) }
    return holidayClosures('clinic', of, days).map(({ from, to, start, end, reason, clinicId }) => {
      return `${formatDate(from)}–${formatDate(to)} ${start}–${end} ${clinicId ?? 'all'} ${reason}`
    })
  }
  const both = [
    '2027-12-25–2027-12-25 0–1440 clinic Christmas Day',
    "2028-01-01–2028-01-01 0–1440 clinic New Year's Day",
  ]
  t.deepEqual(closed([]), both)
  t.deepEqual(closed(['2027-12-25']), both.slice(1))
})
