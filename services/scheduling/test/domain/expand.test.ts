import test from 'ava'

import { DAY_MS, dateOf, formatInstant, minutesOf, parseInstant } from '../../src/domain/calendar.ts'
import { expand } from '../../src/domain/expand.ts'
import type { Clinic, RotaException, RotaRow, Schedule } from '../../src/domain/schedule.ts'

const HOME = '00000000-0000-4000-8000-000000000001'
const AWAY = '00000000-0000-4000-8000-000000000002'

const row = (times: string, overrides: Partial<RotaRow> = {}): RotaRow => {
  const [start = '', end = ''] = times.split('–')
  const effective = { effectiveFrom: dateOf('2015-01-01'), effectiveTo: null }
  const shift = { weekday: 7, start: minutesOf(start), end: minutesOf(end) }
  return { id: 'row', clinicId: HOME, rule: null, except: [], ...shift, ...effective, ...overrides }
}

const exception = (kind: RotaException['kind'], when: string, clinicId: string | null = HOME) => {
  const [date = '', times = '00:00–24:00'] = when.split(' ')
  const [start = '', end = ''] = times.split('–')
  const day = dateOf(date)
  return { id: when, kind, clinicId, from: day, to: day, start: minutesOf(start), end: minutesOf(end) }
}

const at = (zone: string, parts: Partial<Schedule> = {}): Schedule => {
  const clinics: Clinic[] = [HOME, AWAY].map((id) => ({ id, zone, active: true }))
  return { active: true, rotas: [], exceptions: [], closures: [], clinics, ...parts }
}

const instant = (text: string) => parseInstant(text) ?? Number.NaN

/** The windows that start on a UTC date or in the days after it, as `start/end`, away ones marked. */
function windows(schedule: Schedule, date: string, days = 1): string[] {
  const start = instant(`${date}T00:00:00Z`)
  return expand(schedule, { start, end: start + days * DAY_MS }).map((window) => {
    const place = window.clinicId === AWAY ? ' away' : ''
    return `${formatInstant(window.start)}/${formatInstant(window.end)}${place}`
  })
}

const gives = test.macro((t, schedule: Schedule, [date, days]: [string, number], expected: string[]) => {
  t.deepEqual(windows(schedule, date, days), expected)
})

const WINTER: [string, number] = ['2026-01-18', 1] // a Sunday without a clock change

test(
  'turns wall time into instants by the clinic’s clocks',
  gives,
  at('America/Sao_Paulo', { rotas: [row('08:00–12:00')] }),
  WINTER,
  ['2026-01-18T11:00:00Z/2026-01-18T15:00:00Z'],
)

test(
  'keeps the parts of a split shift apart',
  gives,
  at('UTC', { rotas: [row('08:00–12:00'), row('13:00–17:00')] }),
  WINTER,
  ['2026-01-18T08:00:00Z/2026-01-18T12:00:00Z', '2026-01-18T13:00:00Z/2026-01-18T17:00:00Z'],
)

test(
  'joins shifts that touch, also across midnight',
  gives,
  at('UTC', { rotas: [row('20:00–22:00'), row('22:00–24:00'), row('00:00–06:00', { weekday: 1 })] }),
  ['2026-01-18', 2],
  ['2026-01-18T20:00:00Z/2026-01-19T06:00:00Z'],
)

test(
  'does not join shifts that touch at two clinics',
  gives,
  at('UTC', { rotas: [row('08:00–12:00'), row('12:00–14:00', { clinicId: AWAY })] }),
  WINTER,
  ['2026-01-18T08:00:00Z/2026-01-18T12:00:00Z', '2026-01-18T12:00:00Z/2026-01-18T14:00:00Z away'],
)

// Lisbon, 29 March 2026: at 01:00 clocks jump to 02:00, so 01:00–02:00 does not exist.
test(
  'offers nothing inside a gap',
  gives,
  at('Europe/Lisbon', { rotas: [row('01:00–02:00')] }),
  ['2026-03-29', 1],
  [],
)
test(
  'goes on through a gap without a hole',
  gives,
  at('Europe/Lisbon', { rotas: [row('00:00–04:00')] }),
  ['2026-03-29', 1],
  ['2026-03-29T00:00:00Z/2026-03-29T03:00:00Z'],
)
test(
  'begins at the end of a gap when the start falls into it',
  gives,
  at('Europe/Lisbon', { rotas: [row('01:30–03:00')] }),
  ['2026-03-29', 1],
  ['2026-03-29T01:00:00Z/2026-03-29T02:00:00Z'],
)

// Lisbon, 25 October 2026: at 02:00 summer time clocks go back to 01:00, so 01:00–02:00 comes twice.
test(
  'offers a repeated hour once, the first time',
  gives,
  at('Europe/Lisbon', { rotas: [row('01:00–02:00')] }),
  ['2026-10-25', 1],
  ['2026-10-25T00:00:00Z/2026-10-25T01:00:00Z'],
)
test(
  'leaves the repetition out of a night that contains it',
  gives,
  at('Europe/Lisbon', { rotas: [row('00:30–04:00')] }),
  ['2026-10-24', 2],
  ['2026-10-24T23:30:00Z/2026-10-25T01:00:00Z', '2026-10-25T02:00:00Z/2026-10-25T04:00:00Z'],
)

// Lord Howe, 5 April 2026: half an hour back at 02:00 (+11:00 to +10:30), so 01:30–02:00 comes twice.
test(
  'knows clock changes of half an hour',
  gives,
  at('Australia/Lord_Howe', { rotas: [row('01:00–03:00')] }),
  ['2026-04-04', 1],
  ['2026-04-04T14:00:00Z/2026-04-04T15:00:00Z', '2026-04-04T15:30:00Z/2026-04-04T16:30:00Z'],
)

// São Paulo, 4 November 2018: midnight does not exist. 18 February 2018: 23:00–24:00 of the 17th comes twice.
test(
  'begins the day after a gap at midnight',
  gives,
  at('America/Sao_Paulo', { rotas: [row('00:00–02:00')] }),
  ['2018-11-04', 1],
  ['2018-11-04T03:00:00Z/2018-11-04T04:00:00Z'],
)
test(
  'counts a repeated last hour of the day once',
  gives,
  at('America/Sao_Paulo', { rotas: [row('22:00–24:00', { weekday: 6 }), row('00:00–01:00')] }),
  ['2018-02-18', 1],
  ['2018-02-18T00:00:00Z/2018-02-18T02:00:00Z', '2018-02-18T03:00:00Z/2018-02-18T04:00:00Z'],
)

// Samoa crossed the date line: Friday 30 December 2011 never was.
test(
  'leaves out a day that never was',
  gives,
  at('Pacific/Apia', {
    rotas: [4, 5, 6].map((weekday) => row('09:00–10:00', { weekday, effectiveFrom: dateOf('2011-01-01') })),
  }),
  ['2011-12-29', 2],
  ['2011-12-29T19:00:00Z/2011-12-29T20:00:00Z', '2011-12-30T19:00:00Z/2011-12-30T20:00:00Z'],
)

test(
  'counts effective dates by the clinic’s calendar, both included',
  gives,
  at('Asia/Tokyo', {
    rotas: [row('08:00–10:00', { effectiveFrom: dateOf('2026-01-18'), effectiveTo: dateOf('2026-01-25') })],
  }),
  ['2026-01-01', 60],
  ['2026-01-17T23:00:00Z/2026-01-18T01:00:00Z', '2026-01-24T23:00:00Z/2026-01-25T01:00:00Z'],
)

test(
  'closes a date against the weekly rule',
  gives,
  at('UTC', { rotas: [row('08:00–12:00')], exceptions: [exception('closed', '2026-01-18')] }),
  ['2026-01-18', 8],
  ['2026-01-25T08:00:00Z/2026-01-25T12:00:00Z'],
)
test(
  'closes part of a date',
  gives,
  at('UTC', { rotas: [row('08:00–12:00')], exceptions: [exception('closed', '2026-01-18 09:00–10:00')] }),
  WINTER,
  ['2026-01-18T08:00:00Z/2026-01-18T09:00:00Z', '2026-01-18T10:00:00Z/2026-01-18T12:00:00Z'],
)
test(
  'closes one clinic and leaves the other',
  gives,
  at('UTC', {
    rotas: [row('08:00–12:00'), row('13:00–17:00', { clinicId: AWAY })],
    exceptions: [exception('closed', '2026-01-18', AWAY)],
  }),
  WINTER,
  ['2026-01-18T08:00:00Z/2026-01-18T12:00:00Z'],
)
test(
  'closes every clinic when none is named',
  gives,
  at('UTC', {
    rotas: [row('08:00–12:00'), row('13:00–17:00', { clinicId: AWAY })],
    exceptions: [exception('closed', '2026-01-18', null)],
  }),
  WINTER,
  [],
)
test(
  'opens a date that the weekly rule leaves free',
  gives,
  at('UTC', { exceptions: [exception('open', '2026-01-18 10:00–11:00')] }),
  WINTER,
  ['2026-01-18T10:00:00Z/2026-01-18T11:00:00Z'],
)
test(
  'moves the doctor to the clinic of an extra opening',
  gives,
  at('UTC', { rotas: [row('08:00–12:00')], exceptions: [exception('open', '2026-01-18 09:00–10:00', AWAY)] }),
  WINTER,
  [
    '2026-01-18T08:00:00Z/2026-01-18T09:00:00Z',
    '2026-01-18T09:00:00Z/2026-01-18T10:00:00Z away',
    '2026-01-18T10:00:00Z/2026-01-18T12:00:00Z',
  ],
)

const CLOSED = exception('closed', '2026-01-18')
const OPEN = exception('open', '2026-01-18 10:00–11:00')
test('lets an opening said after a closure stand', gives, at('UTC', { exceptions: [CLOSED, OPEN] }), WINTER, [
  '2026-01-18T10:00:00Z/2026-01-18T11:00:00Z',
])
test(
  'lets a closure said after an opening stand',
  gives,
  at('UTC', { exceptions: [OPEN, CLOSED] }),
  WINTER,
  [],
)

test(
  'gives no window for an inactive doctor',
  gives,
  at('UTC', { active: false, rotas: [row('08:00–12:00')] }),
  WINTER,
  [],
)
test(
  'gives no window at an inactive clinic',
  gives,
  at('UTC', { rotas: [row('08:00–12:00')], clinics: [{ id: HOME, zone: 'UTC', active: false }] }),
  WINTER,
  [],
)

test('cuts what never closes at the clinic’s midnights, wherever the range begins', (t) => {
  const rotas = [1, 2, 3, 4, 5, 6, 7].map((weekday) => row('00:00–24:00', { weekday }))
  const schedule = at('America/Sao_Paulo', { rotas })
  const expected = ['2026-01-18T03:00:00Z/2026-01-19T03:00:00Z', '2026-01-19T03:00:00Z/2026-01-20T03:00:00Z']

  t.deepEqual(windows(schedule, '2026-01-18', 2), expected)
  t.deepEqual(windows(schedule, '2026-01-10', 60).slice(8, 10), expected)
})
