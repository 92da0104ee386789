import test from 'ava'

import { dateOf, minutesOf } from '../../src/domain/calendar.ts'
import { findClash, rowsBeside } from '../../src/domain/clash.ts'
import type { Clinic, RotaRow } from '../../src/domain/schedule.ts'

const clinics: Clinic[] = [
  { id: 'vitoria', zone: 'America/Sao_Paulo', active: true },
  { id: 'serra', zone: 'America/Sao_Paulo', active: true },
  { id: 'manaus', zone: 'America/Manaus', active: true },
  { id: 'auckland', zone: 'Pacific/Auckland', active: true },
  { id: 'london', zone: 'Europe/London', active: true },
  { id: 'reykjavik', zone: 'Atlantic/Reykjavik', active: true },
]

const row = (times: string, overrides: Partial<RotaRow> = {}): RotaRow => {
  const [start = '', end = ''] = times.split('–')
  const effective = { effectiveFrom: dateOf('2026-01-01'), effectiveTo: null }
  const shift = { weekday: 1, start: minutesOf(start), end: minutesOf(end) }
  return { id: times, clinicId: 'vitoria', rule: null, except: [], ...shift, ...effective, ...overrides }
}

const clashes = test.macro((t, candidate: RotaRow, other: RotaRow, expected: boolean) => {
  t.is(findClash({ ...candidate, id: 'new' }, [other], clinics), expected ? other : undefined)
  t.is(findClash(other, [{ ...candidate, id: 'new' }], clinics)?.id, expected ? 'new' : undefined)
})

const MORNING = row('08:00–12:00')
const manaus = { clinicId: 'manaus' }

test('takes shifts that share time', clashes, row('11:59–13:00'), MORNING, true)
test('takes a shift inside another', clashes, row('09:00–10:00'), MORNING, true)
test('lets shifts touch', clashes, row('12:00–13:00'), MORNING, false)
test('lets another weekday be', clashes, row('08:00–12:00', { weekday: 2 }), MORNING, false)
test('looks at other clinics too', clashes, row('11:00–13:00', { clinicId: 'serra' }), MORNING, true)
test(
  'lets rows that count on different dates be',
  clashes,
  row('08:00–12:00', { effectiveFrom: dateOf('2026-03-01') }),
  row('08:00–12:00', { effectiveTo: dateOf('2026-02-28') }),
  false,
)
test(
  'counts the last effective date in',
  clashes,
  row('08:00–12:00', { effectiveFrom: dateOf('2026-02-28') }),
  row('08:00–12:00', { effectiveTo: dateOf('2026-02-28') }),
  true,
)

// 12:00 in Vitória is 11:00 in Manaus, all year.
test('compares instants across zones', clashes, row('10:30–11:30', manaus), MORNING, true)
test(
  'lets equal wall times of two zones be when they are apart',
  clashes,
  row('11:00–12:00', manaus),
  MORNING,
  false,
)
test(
  'finds a clash with the day before in another zone', // Monday 10:00 in Vitória is Tuesday 02:00 in Auckland.
  clashes,
  row('01:00–03:00', { clinicId: 'auckland', weekday: 2 }),
  MORNING,
  true,
)
test(
  'finds a clash that only summer time brings', // London is an hour ahead of Reykjavik from March to October.
  clashes,
  row('12:00–13:00', { clinicId: 'london' }),
  row('11:00–12:00', { clinicId: 'reykjavik' }),
  true,
)

test('does not hold a row against itself', (t) => {
  t.is(findClash({ ...MORNING, end: MORNING.end + 30 }, [MORNING], clinics), undefined)
})

test('counts the rows beside a row', (t) => {
  const others = [row('13:00–14:00'), row('15:00–16:00', { weekday: 2 }), MORNING]
  t.deepEqual(rowsBeside(MORNING, others), others.slice(0, 1))
})
