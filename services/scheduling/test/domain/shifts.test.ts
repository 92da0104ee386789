import test from 'ava'
import fc from 'fast-check'

import { DAY_MS, dateOf, formatInstant, minutesOf, parseInstant } from '../../src/domain/calendar.ts'
import { expand } from '../../src/domain/expand.ts'
import type { RotaException, RotaRow, Schedule } from '../../src/domain/schedule.ts'
import { movedBy, shiftsOf, together } from '../../src/domain/shifts.ts'
import { daysAround, scheduleNear } from './arbitraries.ts'

const HOME = '00000000-0000-4000-8000-000000000001'
const AWAY = '00000000-0000-4000-8000-000000000002'

const SUNDAY = '2026-01-18'

const timesOf = (times: string) => {
  const [start = '', end = ''] = times.split('–')
  return { start: minutesOf(start), end: minutesOf(end) }
}
const row = (times: string, clinicId = HOME): RotaRow => {
  const effective = { effectiveFrom: dateOf('2015-01-01'), effectiveTo: null }
  return { id: times, clinicId, weekday: 7, rule: null, except: [], ...timesOf(times), ...effective }
}
const said = (
  kind: RotaException['kind'],
  when: string,
  more: { by?: number; clinicId?: string | null } = {},
): RotaException => {
  const [date = '', times = '00:00–24:00'] = when.split(' ')
  const day = dateOf(date)
  return { id: when, kind, clinicId: HOME, from: day, to: day, ...timesOf(times), ...more }
}
const shift = (by: number, when = SUNDAY, clinicId: string | null = HOME) =>
  said('shifted', when, { by, clinicId })

const at = (zone: string, rotas: RotaRow[], exceptions: RotaException[]): Schedule => {
  const clinics = [HOME, AWAY].map((id) => ({ id, zone, active: true }))
  return { active: true, rotas, exceptions, closures: [], clinics }
}

const gives = test.macro((t, schedule: Schedule, date: string, expected: string[]) => {
  const start = (parseInstant(`${date}T00:00:00Z`) ?? 0) - 12 * 3_600_000
  const windows = expand(schedule, { start, end: start + 2 * DAY_MS }).map((window) => {
    const [from = '', to = ''] = [window.start, window.end].map((one) => formatInstant(one).slice(0, 16))
    return `${from}/${to}${window.clinicId === AWAY ? ' away' : ''}`
  })
  t.deepEqual(windows, expected)
})

const office = [row('09:00–12:00'), row('13:00–17:00')]

test('a clinic that opens an hour later', gives, at('UTC', office, [shift(60)]), SUNDAY, [
  '2026-01-18T10:00/2026-01-18T13:00',
  '2026-01-18T14:00/2026-01-18T18:00',
])
test('half an hour earlier at every clinic', gives, at('UTC', office, [shift(-30, SUNDAY, null)]), SUNDAY, [
  '2026-01-18T08:30/2026-01-18T11:30',
  '2026-01-18T12:30/2026-01-18T16:30',
])
test(
  'only what begins in the morning',
  gives,
  at('UTC', office, [shift(15, `${SUNDAY} 06:00–12:00`)]),
  SUNDAY,
  ['2026-01-18T09:15/2026-01-18T12:15', '2026-01-18T13:00/2026-01-18T17:00'],
)
test(
  'nothing of another date or clinic',
  gives,
  at('UTC', office, [shift(60, '2026-01-19'), shift(60, SUNDAY, AWAY)]),
  SUNDAY,
  ['2026-01-18T09:00/2026-01-18T12:00', '2026-01-18T13:00/2026-01-18T17:00'],
)
test('past midnight', gives, at('UTC', [row('20:00–23:30')], [shift(120)]), SUNDAY, [
  '2026-01-18T22:00/2026-01-19T01:30',
])
test('to the evening before', gives, at('UTC', [row('01:00–05:00')], [shift(-120)]), SUNDAY, [
  '2026-01-17T23:00/2026-01-18T03:00',
])
test(
  'two changes add up, each looking at where the one before has put the shift',
  gives,
  at('UTC', office, [shift(60, `${SUNDAY} 09:00–12:00`), shift(30, `${SUNDAY} 10:00–10:30`)]),
  SUNDAY,
  ['2026-01-18T10:30/2026-01-18T17:00'],
)
test(
  'what is moved beats what another clinic had then',
  gives,
  at('UTC', [row('13:00–17:00', AWAY), row('09:00–13:00')], [shift(60)]),
  SUNDAY,
  ['2026-01-18T10:00/2026-01-18T14:00', '2026-01-18T14:00/2026-01-18T17:00 away'],
)
test(
  'an opening said before is moved, one said after is not',
  gives,
  at('UTC', [], [said('open', `${SUNDAY} 08:00–09:00`), shift(180), said('open', `${SUNDAY} 08:00–09:00`)]),
  SUNDAY,
  ['2026-01-18T08:00/2026-01-18T09:00', '2026-01-18T11:00/2026-01-18T12:00'],
)
test(
  'an absence stays where it is',
  gives,
  at('UTC', [row('09:00–12:00')], [said('closed', `${SUNDAY} 10:00–11:00`), shift(60)]),
  SUNDAY,
  ['2026-01-18T11:00/2026-01-18T13:00'],
)
// In Paris 02:00 became 03:00 on 2026-03-29, and 03:00 became 02:00 on 2026-10-25.
test(
  'a shift that a change of clocks has cut is whole where it is moved to',
  gives,
  at('Europe/Paris', [row('02:00–04:00')], [shift(60, '2026-03-29')]),
  '2026-03-29',
  ['2026-03-29T01:00/2026-03-29T03:00'],
)
test(
  'what is moved into skipped time is not offered',
  gives,
  at('Europe/Paris', [row('01:00–02:00')], [shift(60, '2026-03-29')]),
  '2026-03-29',
  [],
)
test(
  'over skipped time a shift moves on the clocks, not by minutes gone by',
  gives,
  at('Europe/Paris', [row('00:30–01:30')], [shift(180, '2026-03-29')]),
  '2026-03-29',
  ['2026-03-29T01:30/2026-03-29T02:30'],
)
test(
  'what is moved into a repeated hour is offered the first time',
  gives,
  at('Europe/Paris', [row('00:00–01:00')], [shift(120, '2026-10-25')]),
  '2026-10-25',
  ['2026-10-25T00:00/2026-10-25T01:00'],
)
test(
  'half an hour of Lord Howe is skipped where a shift is moved over it',
  gives,
  at('Australia/Lord_Howe', [row('00:00–01:30')], [shift(60, '2026-10-04')]),
  '2026-10-04',
  ['2026-10-03T14:30/2026-10-03T15:30'],
)

test('all changes together move a shift by a day at most', (t) => {
  const far = shiftsOf([shift(720), shift(720), shift(720, '2026-01-19'), shift(-60, '2026-01-19')])
  t.is(movedBy(far, HOME, { day: dateOf(SUNDAY), minute: 0 }), 1380)
  t.is(together(far.slice(0, 1), shift(-720, '2026-01-19')), 1440)
  t.is(together(far, shift(1, '2026-01-21')), 1)
})

test('what is moved on every date is what rows with those times would give', (t) => {
  const moves = fc.integer({ min: -96, max: 96 }).map((fives) => fives * 5)
  const property = fc.property(scheduleNear, moves, ({ schedule, day }, by) => {
    // Every day of a year, at all clinics: the same as rows whose times were others from the beginning.
    const rows = schedule.rotas.filter(({ start, end }) => start + by >= 0 && end + by <= 1440)
    const plain = { ...schedule, rotas: rows, exceptions: [] }
    const change = { id: 'all', kind: 'shifted' as const, clinicId: null, by, start: 0, end: 1440 }
    const moved = { ...plain, exceptions: [{ ...change, from: day - 183, to: day + 183 }] }
    const typed = rows.map((one) => ({ ...one, start: one.start + by, end: one.end + by }))
    const range = daysAround(day, 5, 5)
    t.deepEqual(expand(moved, range), expand({ ...plain, rotas: typed }, range))
  })
  fc.assert(property, { numRuns: 200 })
})

test('moving there and back leaves everything as it was', (t) => {
  const property = fc.property(scheduleNear, fc.integer({ min: 1, max: 600 }), ({ schedule, day }, by) => {
    const plain = { ...schedule, exceptions: [] }
    const all = {
      kind: 'shifted' as const,
      clinicId: null,
      from: day - 40,
      to: day + 40,
      start: 0,
      end: 1440,
    }
    const exceptions = [by, -by].map((one) => ({ ...all, id: `${one}`, by: one }))
    const range = daysAround(day, 5, 5)
    t.deepEqual(expand({ ...plain, exceptions }, range), expand(plain, range))
  })
  fc.assert(property, { numRuns: 200 })
})
