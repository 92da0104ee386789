import { readFileSync } from 'node:fs'

import test from 'ava'

import { DAY_MS, dateOf, formatInstant, MINUTE_MS } from '../../src/domain/calendar.ts'
import { expand } from '../../src/domain/expand.ts'
import { parseRule } from '../../src/domain/recurrence.ts'
import type { RotaException, RotaRow, Schedule } from '../../src/domain/schedule.ts'
import {
  FIRST,
  GOLDEN_ZONES,
  type GoldenRota,
  type GoldenRow,
  type GoldenZone,
  LAST,
  rotasOf,
} from './golden/cases.ts'

const CLINIC = '00000000-0000-4000-8000-000000000001'

const goldenText = ({ zone }: GoldenZone) =>
  readFileSync(new URL(`golden/${zone.replace('/', '-')}.txt`, import.meta.url), 'utf8')

/** The lines of one rota. */
const linesOf = (golden: GoldenZone, name: string) => {
  const [, rest = ''] = goldenText(golden).split(`[${name}]\n`)
  return (rest.split('\n[')[0] ?? '').trim().split('\n')
}

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

function rowOf({ weekday, start, end }: GoldenRow, { byRule, except }: GoldenRota, index: number): RotaRow {
  const rule = byRule ? parseRule(`FREQ=WEEKLY;BYDAY=${DAYS[weekday - 1] ?? ''}`) : null
  return {
    ...{ id: `row ${index}`, clinicId: CLINIC, weekday: byRule ? null : weekday, rule, start, end },
    ...{ except: except.map(dateOf), effectiveFrom: dateOf(FIRST), effectiveTo: dateOf(LAST) },
  }
}

function scheduleOf(zone: string, rota: GoldenRota): Schedule {
  const exceptions = rota.said.map(({ kind, date, start, end }, index): RotaException => {
    const day = dateOf(date)
    return { id: `exception ${index}`, kind, clinicId: CLINIC, from: day, to: day, start, end }
  })
  const rotas = rota.rows.map((row, index) => rowOf(row, rota, index))
  return { active: true, rotas, exceptions, closures: [], clinics: [{ id: CLINIC, zone, active: true }] }
}

const minute = (instant: number) => formatInstant(instant).replace(':00Z', 'Z')

for (const golden of GOLDEN_ZONES) {
  for (const rota of rotasOf(golden)) {
    test(`53 weeks of ${rota.name} in ${golden.zone} are those of the golden file`, (t) => {
      const range = { start: (dateOf(FIRST) - 2) * DAY_MS, end: (dateOf(LAST) + 3) * DAY_MS }
      const windows = expand(scheduleOf(golden.zone, rota), range)
      const written = windows.map(({ start, end }) => {
        const length = String((end - start) / MINUTE_MS).padStart(3)
        return `${minute(start)} ${minute(end)} ${length} min`
      })
      t.deepEqual(
        written,
        linesOf(golden, rota.name).map((line) => line.split(':').slice(0, 3).join(':')),
      )
    })
  }

  test(`the golden file of ${golden.zone} has Monday 09:00 to 17:00 by the clocks in all 53 weeks`, (t) => {
    const lines = linesOf(golden, 'office')
    t.is(lines.length, 53)
    for (const line of lines) t.regex(line, /480 min: \d{4}-\d\d-\d\d 09:00\S+ to 17:00/)
  })
}

/*
 * Checked by hand against the published changes of clocks in 2018: a night from 22:30 to 03:30 has five hours, less
 * what a change skips; what a change repeats is offered once, so that it parts the night in two.
 */
const BY_HAND: [zone: string, why: string, night: string, minutes: number[]][] = [
  ['Europe/Paris', '02:00 becomes 03:00', '2018-03-24', [240]],
  ['Europe/Paris', '03:00 becomes 02:00', '2018-10-27', [270, 30]],
  ['America/New_York', '02:00 becomes 03:00', '2018-03-10', [240]],
  ['America/New_York', '02:00 becomes 01:00', '2018-11-03', [210, 90]],
  ['America/Sao_Paulo', '24:00 becomes 23:00', '2018-02-17', [90, 210]],
  ['America/Sao_Paulo', '00:00 becomes 01:00', '2018-11-03', [240]],
  ['Australia/Lord_Howe', '02:00 becomes 01:30', '2018-03-31', [210, 90]],
  ['Australia/Lord_Howe', '02:00 becomes 02:30', '2018-10-06', [270]],
  ['Asia/Kathmandu', 'clocks never change', '2018-03-24', [300]],
  ['Africa/Casablanca', '02:00 becomes 03:00', '2018-03-24', [240]],
  ['Africa/Casablanca', '03:00 becomes 02:00 for Ramadan', '2018-05-12', [270, 30]],
  ['Africa/Casablanca', '02:00 becomes 03:00 after Ramadan', '2018-06-16', [240]],
  ['Africa/Casablanca', 'summer time stays for good', '2018-10-27', [300]],
  ['Pacific/Auckland', '03:00 becomes 02:00', '2018-03-31', [270, 30]],
  ['Pacific/Auckland', '02:00 becomes 03:00', '2018-09-29', [240]],
  ['Asia/Tehran', '00:00 becomes 01:00', '2018-03-21', [240]],
  ['Asia/Tehran', '24:00 becomes 23:00', '2018-09-21', [90, 210]],
  ['America/St_Johns', '02:00 becomes 03:00', '2018-03-10', [240]],
  ['America/St_Johns', '02:00 becomes 01:00', '2018-11-03', [210, 90]],
]
for (const [zone, why, night, minutes] of BY_HAND) {
  test(`in ${zone} the night of ${night}, when ${why}, has ${minutes.join(' and ')} minutes`, (t) => {
    const golden = GOLDEN_ZONES.find((one) => one.zone === zone)
    const lines = golden === undefined ? [] : linesOf(golden, 'night')
    const first = lines.findIndex((line) => line.includes(`: ${night} 22:30`))
    const lengths = lines.slice(first, first + minutes.length).map((line) => Number(line.slice(36, 39)))
    t.deepEqual(lengths, minutes)
    // The next of them begins another night.
    const following = lines[first + minutes.length]
    t.true(following === undefined || /: \S+ 22:30/.test(following))
  })
}
