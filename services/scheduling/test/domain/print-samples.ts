/** Prints the windows of many schedules; run under several TZ by expand-properties.test.ts. */
import fc from 'fast-check'

import { formatInstant } from '../../src/domain/calendar.ts'
import { expand } from '../../src/domain/expand.ts'
import { holidaysOf } from '../../src/domain/holidays.ts'
import { daysAround, scheduleNear } from './arbitraries.ts'

for (const { schedule, day } of fc.sample(scheduleNear, { numRuns: 100, seed: 7 })) {
  const windows = expand(schedule, daysAround(day, 10, 10))
  const lines = windows.map(({ start, end, clinicId }) => {
    return `${formatInstant(start)} ${formatInstant(end)} ${clinicId}\n`
  })
  process.stdout.write(`${lines.join('')}\n`)
}

for (const [country, region] of [
  ['BR', 'ES'],
  ['AE', null],
  ['JP', null],
  ['IS', null],
] as const) {
  for (const { from, to, start, name } of holidaysOf({ country, region, language: null }, 2027)) {
    process.stdout.write(`${country} ${from} ${to} ${start} ${name}\n`)
  }
}
