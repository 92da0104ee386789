import { DAY_MS } from './calendar.ts'
import { expand } from './expand.ts'
import { type Interval, overlaps } from './intervals.ts'
import type { Clinic, RotaRow } from './schedule.ts'

/** How far ahead rows of two zones, or by rules, are compared date by date: clocks change at least twice in it. */
const COMPARED_DAYS = 3 * 366

/**
 * The first row that a new or changed row would overlap, or undefined. At clinics with the same clocks wall times
 * decide; across zones the instants do, since the distance between two zones changes with the seasons, and so they do
 * where a rule names the dates. A clash that comes later than three years is not found: then the earlier row counts.
 */
export function findClash(
  candidate: RotaRow,
  rows: readonly RotaRow[],
  clinics: readonly Clinic[],
): RotaRow | undefined {
  const zones = new Map(clinics.map(({ id, zone }) => [id, zone]))
  const zoneOf = ({ clinicId }: RotaRow) => zones.get(clinicId)
  return rows.find((row) => {
    if (row.id === candidate.id) return false
    const weekly = row.rule === null && candidate.rule === null
    if (weekly && zoneOf(row) === zoneOf(candidate))
      return sameDates(row, candidate) && sameTimes(row, candidate)
    return overlapInTime(row, candidate, clinics)
  })
}

/** Weekly rows that count on at least one common date with a weekly one and come on its weekday, itself left out. */
export function rowsBeside(candidate: RotaRow, rows: readonly RotaRow[]): RotaRow[] {
  return rows.filter((row) => {
    const sameDay = row.weekday !== null && row.weekday === candidate.weekday
    return row.id !== candidate.id && sameDay && sameDates(row, candidate)
  })
}

function sameDates(one: RotaRow, other: RotaRow): boolean {
  const ends = (row: RotaRow) => row.effectiveTo ?? Number.POSITIVE_INFINITY
  return one.effectiveFrom <= ends(other) && other.effectiveFrom <= ends(one)
}

function sameTimes(one: RotaRow, other: RotaRow): boolean {
  return one.weekday === other.weekday && one.start < other.end && other.start < one.end
}

function overlapInTime(one: RotaRow, other: RotaRow, clinics: readonly Clinic[]): boolean {
  if (
    !sameDates(
      { ...one, effectiveFrom: one.effectiveFrom - 2 },
      { ...other, effectiveFrom: other.effectiveFrom - 2 },
    )
  ) {
    return false
  }
  // A date of one zone may be the day before or after in the other.
  const firstDay = Math.max(one.effectiveFrom, other.effectiveFrom) - 2
  const range: Interval = { start: firstDay * DAY_MS, end: (firstDay + COMPARED_DAYS) * DAY_MS }
  const places = clinics.map((clinic) => ({ ...clinic, active: true }))
  const expanded = [one, other].map((row) => {
    return expand({ active: true, rotas: [row], exceptions: [], closures: [], clinics: places }, range)
  })
  return overlaps(expanded[0] ?? [], expanded[1] ?? [])
}
