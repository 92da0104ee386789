import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import test from 'ava'
import fc from 'fast-check'

import { DAY_MS } from '../../src/domain/calendar.ts'
import { expand, LONGEST_WINDOW_MS } from '../../src/domain/expand.ts'
import { type Interval, join, type Piece } from '../../src/domain/intervals.ts'
import { daysAround, scheduleNear } from './arbitraries.ts'
import { slowCoverage } from './reference.ts'

function clip(pieces: readonly Piece[], { start, end }: Interval): Piece[] {
  const inside = pieces.map((piece) => {
    return { ...piece, start: Math.max(piece.start, start), end: Math.min(piece.end, end) }
  })
  return inside.filter((piece) => piece.start < piece.end)
}

test('agrees with asking minute for minute where the doctor is', (t) => {
  const property = fc.property(scheduleNear, ({ schedule, day }) => {
    const range = daysAround(day, 1, 2)
    const windows = expand(schedule, { start: range.start - LONGEST_WINDOW_MS, end: range.end })
    t.deepEqual(join(clip(windows, range)), slowCoverage(schedule, range))
  })
  fc.assert(property, { numRuns: Number(process.env.REFERENCE_RUNS ?? 150) })
})

test('gives windows in order, apart from each other, none empty and none longer than a day', (t) => {
  const property = fc.property(scheduleNear, ({ schedule, day }) => {
    const windows = expand(schedule, daysAround(day, 20, 20))
    t.true(windows.every(({ start, end }) => start < end && end - start <= LONGEST_WINDOW_MS))
    t.true(windows.every(({ start }, index) => index === 0 || start >= (windows[index - 1]?.end ?? 0)))
  })
  fc.assert(property, { numRuns: 300 })
})

test('gives the same windows for a range and for the ranges it is made of', (t) => {
  const property = fc.property(scheduleNear, fc.integer({ min: -3, max: 3 }), ({ schedule, day }, offset) => {
    const { start, end } = daysAround(day, 5, 5)
    const middle = (day + offset) * DAY_MS + 7 * 3_600_000
    t.deepEqual(
      [...expand(schedule, { start, end: middle }), ...expand(schedule, { start: middle, end })],
      expand(schedule, { start, end }),
    )
  })
  fc.assert(property, { numRuns: 300 })
})

test('gives the same windows wherever the server stands', async (t) => {
  const script = fileURLToPath(new URL('print-samples.ts', import.meta.url))
  const run = async (TZ: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env: { ...process.env, TZ } })
    return stdout
  }
  const [utc = '', ...others] = await Promise.all(['UTC', 'Asia/Tokyo', 'America/Sao_Paulo'].map(run))

  t.true(utc.length > 10_000)
  for (const other of others) t.is(other, utc)
})
