import test from 'ava'

import { dateOf, minutesOf } from '../../src/domain/calendar.ts'
import { skippedBy } from '../../src/domain/skipped.ts'

const skips = test.macro((t, zone: string, when: string, field: 'start' | 'end' | undefined) => {
  const [date = '', times = ''] = when.split(' ')
  const [start = '', end = ''] = times.split('–')
  t.is(skippedBy(zone, dateOf(date), { start: minutesOf(start), end: minutesOf(end) })?.field, field)
})

// Berlin goes from 02:00 to 03:00.
const BERLIN = 'Europe/Berlin'
test('a start inside the gap does not come', skips, BERLIN, '2027-03-28 02:30–06:00', 'start')
test('a start where the gap begins does not come', skips, BERLIN, '2027-03-28 02:00–06:00', 'start')
test('a start where the gap ends comes', skips, BERLIN, '2027-03-28 03:00–06:00', undefined)
test('an end inside the gap does not come', skips, BERLIN, '2027-03-28 01:00–02:30', 'end')
test('an end where the gap begins comes', skips, BERLIN, '2027-03-28 01:00–02:00', undefined)
test('an end where the gap ends comes', skips, BERLIN, '2027-03-28 01:00–03:00', undefined)
test('a span across the gap is shorter, and comes', skips, BERLIN, '2027-03-28 01:00–06:00', undefined)
test('the day before has no gap', skips, BERLIN, '2027-03-27 02:30–06:00', undefined)
test('a repeated hour is no gap', skips, BERLIN, '2027-10-31 02:30–06:00', undefined)

// Lord Howe goes from 02:00 to 02:30.
const LORD_HOWE = 'Australia/Lord_Howe'
test('half an hour is a gap, too', skips, LORD_HOWE, '2027-10-03 02:15–06:00', 'start')
test('behind the half hour it is over', skips, LORD_HOWE, '2027-10-03 02:30–06:00', undefined)

// Beirut goes from 00:00 to 01:00; Apia once skipped a whole day.
test('midnight may be skipped', skips, 'Asia/Beirut', '2024-03-31 00:30–06:00', 'start')
test('a day that a zone skipped has no time at all', skips, 'Pacific/Apia', '2011-12-30 09:00–12:00', 'start')
test('zones without clock changes have no gaps', skips, 'Asia/Kathmandu', '2027-03-28 02:30–06:00', undefined)
