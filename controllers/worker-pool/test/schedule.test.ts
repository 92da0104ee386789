import test from 'ava'

import { prewarmAt } from '../src/schedule.ts'

const rush = { schedule: '50 7 * * 1-5', timeZone: 'America/Sao_Paulo', duration: '40m', replicas: 6 }

const floors = test.macro((t, schedule: object, at: string, replicas: number) => {
  t.deepEqual(prewarmAt([{ ...rush, ...schedule }], Date.parse(at)), { replicas, faults: [] })
})

// 2026-11-23 is a Monday; São Paulo is three hours behind UTC.
test('a rush has not begun a minute before', floors, {}, '2026-11-23T10:49:59Z', 0)
test('a rush begins at its minute in its own zone', floors, {}, '2026-11-23T10:50:00Z', 6)
test('a rush lasts as long as it says', floors, {}, '2026-11-23T11:29:59Z', 6)
test('a rush is over after that', floors, {}, '2026-11-23T11:30:01Z', 0)
test('a rush keeps to its days', floors, {}, '2026-11-22T11:00:00Z', 0)
test('the same hour in another zone is another time', floors, { timeZone: 'UTC' }, '2026-11-23T08:00:00Z', 6)
test(
  'a rush may last past midnight',
  floors,
  { schedule: '0 23 * * 1-5', duration: '3h' },
  '2026-11-24T04:30:00Z',
  6,
)

// Berlin: 02:00 to 03:00 does not exist on 2026-03-29, and is passed twice on 2026-10-25.
const berlin = { schedule: '30 2 * * *', timeZone: 'Europe/Berlin', duration: '10m' }
test('a start that the clocks jump over is taken after the gap', floors, berlin, '2026-03-29T01:05:00Z', 6)
test('it is not taken before the gap', floors, berlin, '2026-03-29T00:59:00Z', 0)
test('a start that they pass twice is taken once: the first time', floors, berlin, '2026-10-25T00:35:00Z', 6)
test('and not the second', floors, berlin, '2026-10-25T01:35:00Z', 0)

test('where schedules overlap the largest counts', (t) => {
  const all = [rush, { ...rush, replicas: 9, duration: '10m' }, { ...rush, replicas: 2 }]
  t.is(prewarmAt(all, Date.parse('2026-11-23T10:55:00Z')).replicas, 9)
  t.is(prewarmAt(all, Date.parse('2026-11-23T11:20:00Z')).replicas, 6)
})

test('without a schedule there is no floor', (t) => {
  t.deepEqual(prewarmAt(undefined, 0), { replicas: 0, faults: [] })
})

test('one that cannot be read is told by its place, and the others count', (t) => {
  const broken = [{ ...rush, timeZone: 'Mars/Olympus' }, { ...rush, schedule: '99 7 * * *' }, rush]
  const { replicas, faults } = prewarmAt(broken, Date.parse('2026-11-23T11:00:00Z'))
  t.is(replicas, 6)
  t.is(faults.length, 2)
  t.regex(faults[0] ?? '', /^spec\.prewarm\[0\] cannot be read/)
})
