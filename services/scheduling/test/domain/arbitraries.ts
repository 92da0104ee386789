import fc from 'fast-check'

import { DAY_MS, type EpochDay, parseInstant, utcDayOf } from '../../src/domain/calendar.ts'
import { ruleUntilNear } from './arbitrary-rule.ts'
import type { Closure, RotaException, RotaRow, Schedule } from '../../src/domain/schedule.ts'

/** Zones with clock changes of an hour, of half an hour, at midnight, backwards in winter, and without any. */
const ZONES = [
  'UTC',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'America/Sao_Paulo',
  'America/New_York',
  'America/St_Johns',
  'Asia/Beirut',
  'Pacific/Apia',
  'Pacific/Auckland',
  'Pacific/Chatham',
]

/** Instants within hours of clock changes in those zones, and some without one. */
const MOMENTS = [
  ...['2011-12-30T10:00:00Z', '2015-10-03T15:30:00Z', '2016-04-02T15:00:00Z', '2018-02-18T02:00:00Z'],
  ...['2018-11-04T03:00:00Z', '2019-05-05T02:00:00Z', '2019-06-09T02:00:00Z', '2023-03-19T02:00:00Z'],
  ...['2024-03-31T00:00:00Z', '2024-04-06T14:00:00Z', '2024-09-28T14:00:00Z', '2024-11-03T06:00:00Z'],
  ...['2025-03-09T07:00:00Z', '2026-04-04T15:00:00Z', '2026-07-15T12:00:00Z', '2026-10-25T01:00:00Z'],
].map((text) => parseInstant(text) ?? Number.NaN)

const CLINICS = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']

const clinicId = fc.constantFrom(...CLINICS)

const times = fc
  .tuple(fc.integer({ min: 0, max: 287 }), fc.integer({ min: 1, max: 288 }))
  .map(([a, b]) => ({ start: Math.min(a, b - 1) * 5, end: Math.max(a + 1, b) * 5 }))

const rotaRow = (around: EpochDay) =>
  fc
    .record({
      id: fc.uuid(),
      clinicId,
      weekday: fc.integer({ min: 1, max: 7 }),
      times,
      effectiveFrom: fc.integer({ min: around - 30, max: around + 2 }),
      lasts: fc.option(fc.integer({ min: 0, max: 60 })),
      rule: fc.option(ruleUntilNear(around), { freq: 3 }),
      except: fc.array(fc.integer({ min: around - 2, max: around + 2 }), { maxLength: 2 }),
    })
    .map(({ times: { start, end }, lasts, rule, except, ...row }): RotaRow => {
      const dates = rule === null ? { rule, except: [] } : { weekday: null, rule, except }
      return { ...row, ...dates, start, end, effectiveTo: lasts === null ? null : row.effectiveFrom + lasts }
    })

const exception = (around: EpochDay) =>
  fc
    .record({
      id: fc.uuid(),
      kind: fc.constantFrom('closed' as const, 'open' as const, 'shifted' as const),
      clinicId,
      everywhere: fc.boolean(),
      from: fc.integer({ min: around - 4, max: around + 3 }),
      lasts: fc.integer({ min: 0, max: 2 }),
      times: fc.oneof(times, fc.constant({ start: 0, end: 1440 })),
      by: fc.integer({ min: -144, max: 144 }).map((fives) => fives * 5),
    })
    .map(({ everywhere, lasts, times: { start, end }, by, ...said }): RotaException => {
      const place = everywhere && said.kind !== 'open' ? null : said.clinicId
      const moves = said.kind === 'shifted' ? { by } : {}
      return { ...said, ...moves, clinicId: place, to: said.from + lasts, start, end }
    })

const closure = (around: EpochDay) =>
  exception(around).map(({ id, clinicId: place, kind, from, to, start, end }): Closure => {
    // Which of the two an exception would have been stands for one clinic or all.
    return { id, clinicId: kind === 'open' ? place : null, from, to, start, end, reason: `closure ${id}` }
  })

/** A schedule at two clinics, and an instant near which clocks change in some zone. */
export const scheduleNear = fc.constantFrom(...MOMENTS).chain((moment) => {
  const day = utcDayOf(moment)
  const zone = fc.constantFrom(...ZONES)
  const schedule = fc
    .record({
      rotas: fc.array(rotaRow(day), { minLength: 1, maxLength: 12 }),
      exceptions: fc.array(exception(day), { maxLength: 5 }),
      closures: fc.array(closure(day), { maxLength: 2 }),
      zones: fc.tuple(zone, zone),
      open: fc.tuple(
        fc.constant(true),
        fc.nat({ max: 9 }).map((dice) => dice > 0),
      ),
    })
    .map(({ rotas, exceptions, closures, zones, open }): Schedule => {
      const clinics = CLINICS.map((id, index) => {
        return { id, zone: zones[index] ?? 'UTC', active: open[index] ?? true }
      })
      return { active: true, rotas, exceptions, closures, clinics }
    })
  return fc.record({ schedule, day: fc.constant(day) })
})

/** A range of UTC days around a day. */
export const daysAround = (day: EpochDay, before: number, after: number) => {
  return { start: (day - before) * DAY_MS, end: (day + after) * DAY_MS }
}
