import { DAY_MS, type EpochDay, MINUTE_MS, weekdayOf } from '../../src/domain/calendar.ts'
import type { Interval, Piece } from '../../src/domain/intervals.ts'
import type { Clinic, Closure, RotaException, RotaRow, Schedule } from '../../src/domain/schedule.ts'
import { slowRuleDays } from './slow-rule.ts'

/** What the clocks of a zone read at an instant, by the runtime's formatter: nothing of the product is used. */
function clockOf(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? Number.NaN
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
  }
}

const known = new Map<string, (number | undefined)[]>()

/** The readings of a zone over a span, kept: the properties come back to the same spans. */
function keptReadings(zone: string, span: Interval): (number | undefined)[] {
  const key = `${zone} ${span.start} ${span.end}`
  const kept = known.get(key) ?? readings(zone, span)
  known.set(key, kept)
  return kept
}

/** For each minute of a span, what the clocks read when they read it for the first time, else undefined. */
function readings(zone: string, span: Interval): (number | undefined)[] {
  const clock = clockOf(zone)
  const seen = new Set<number>()
  const result: (number | undefined)[] = []
  for (let instant = span.start; instant < span.end; instant += MINUTE_MS) {
    const wall = clock(instant)
    result.push(seen.has(wall) ? undefined : wall)
    seen.add(wall)
  }
  return result
}

interface Statement {
  start: number
  end: number
}

function says({ start, end }: Statement, wall: number): boolean {
  const minute = (wall - Math.floor(wall / DAY_MS) * DAY_MS) / MINUTE_MS
  return minute >= start && minute < end
}

const ruled = new WeakMap<RotaRow, Set<EpochDay>>()

/** The dates of a row by its rule, up to some days after one that is asked for; kept, as it is asked minute for minute. */
function keptRuleDays(row: RotaRow, day: EpochDay): Set<EpochDay> {
  const kept = ruled.get(row)
  if (kept !== undefined || row.rule === null) return kept ?? new Set()
  const days = slowRuleDays(row.rule, row.effectiveFrom, day + 30)
  const left = new Set(days.filter((one) => !row.except.includes(one)))
  ruled.set(row, left)
  return left
}

function names(row: RotaRow, day: EpochDay): boolean {
  if (row.rule === null ? weekdayOf(day) !== row.weekday : !keptRuleDays(row, day).has(day)) return false
  return day >= row.effectiveFrom && day <= (row.effectiveTo ?? day)
}

/** Where the beginning of a shift is put, both as wall time, by one exception after the other. */
function putTo(begin: number, clinicId: string, exceptions: readonly RotaException[]): number {
  return exceptions.reduce((wall, exception) => {
    const { kind, by } = exception
    if (kind !== 'shifted' || (exception.clinicId ?? clinicId) !== clinicId) return wall
    const put = wall + (by ?? 0) * MINUTE_MS
    return exceptionSays(exception, wall) && Math.abs(put - begin) <= DAY_MS ? put : wall
  }, begin)
}

/** Whether a shift is on at a wall time: asked of each near date, as it may have been moved from there. */
function isOn(
  { clinicId, start, end }: { clinicId: string; start: number; end: number },
  wall: number,
  { exceptions, isNamed }: { exceptions: readonly RotaException[]; isNamed: (day: EpochDay) => boolean },
): 'still' | 'moved' | undefined {
  const near = [-2, -1, 0, 1, 2].map((days) => Math.floor(wall / DAY_MS) + days)
  const found = near.filter(isNamed).flatMap((day) => {
    const begin = day * DAY_MS + start * MINUTE_MS
    const put = putTo(begin, clinicId, exceptions)
    const on = wall >= put && wall < put + (end - start) * MINUTE_MS
    return on ? [put === begin ? ('still' as const) : ('moved' as const)] : []
  })
  return found.includes('moved') ? 'moved' : found[0]
}

function exceptionSays(exception: Omit<Closure, 'reason'>, wall: number): boolean {
  const day = Math.floor(wall / DAY_MS)
  return day >= exception.from && day <= exception.to && says(exception, wall)
}

/**
 * Where the doctor may be booked within a range, by asking minute for minute: slow, and plain enough to be believed.
 * Clocks are watched from three days before, to know what they repeat.
 */
export function slowCoverage(schedule: Schedule, range: Interval): Piece[] {
  const span = { start: range.start - 3 * DAY_MS, end: range.end }
  const walls = new Map(schedule.clinics.map(({ id, zone }) => [id, keptReadings(zone, span)]))
  const clinics = new Map(schedule.clinics.map((clinic) => [clinic.id, clinic]))
  const pieces: Piece[] = []
  for (let start = range.start; start < range.end; start += MINUTE_MS) {
    const index = (start - span.start) / MINUTE_MS
    const clinicId = whereIs(schedule, (id) => (isOpen(clinics.get(id)) ? walls.get(id)?.[index] : undefined))
    if (clinicId === undefined) continue
    const previous = pieces.at(-1)
    if (previous?.end === start && previous.clinicId === clinicId) previous.end = start + MINUTE_MS
    else pieces.push({ start, end: start + MINUTE_MS, clinicId })
  }
  return pieces
}

function isOpen(clinic: Clinic | undefined): boolean {
  return clinic?.active === true
}

type WallAt = (clinicId: string) => number | undefined

function whereIs(schedule: Schedule, wallAt: WallAt): string | undefined {
  const { rotas, exceptions } = schedule
  const on = rotas.map((row) => {
    const wall = wallAt(row.clinicId)
    return wall === undefined ? wall : isOn(row, wall, { exceptions, isNamed: (day) => names(row, day) })
  })
  const still = rotas.find((_, index) => on[index] === 'still')
  let clinicId = (rotas.find((_, index) => on[index] === 'moved') ?? still)?.clinicId
  exceptions.forEach((exception, index) => {
    clinicId = afterException(clinicId, exception, { wallAt, later: exceptions.slice(index + 1) })
  })
  const closed = schedule.closures.some((closure) => isClosed(clinicId, closure, wallAt))
  return schedule.active && !closed ? clinicId : undefined
}

function isClosed(clinicId: string | undefined, closure: Closure, wallAt: WallAt): boolean {
  if (clinicId === undefined || (closure.clinicId !== null && closure.clinicId !== clinicId)) return false
  const wall = wallAt(clinicId)
  return wall !== undefined && exceptionSays(closure, wall)
}

/** Where an exception puts the doctor, who is at a clinic or nowhere without it. */
function afterException(
  clinicId: string | undefined,
  exception: RotaException,
  { wallAt, later }: { wallAt: WallAt; later: readonly RotaException[] },
): string | undefined {
  if (exception.kind === 'shifted') return clinicId
  if (exception.kind === 'open') return isOpened(exception, { wallAt, later }) ?? clinicId
  const wall = clinicId === undefined ? undefined : wallAt(clinicId)
  if (wall === undefined || !exceptionSays(exception, wall)) return clinicId
  return exception.clinicId === null || exception.clinicId === clinicId ? undefined : clinicId
}

/** The clinic of an opening that is on, where later exceptions have moved it to. */
function isOpened(
  { clinicId, from, to, start, end }: RotaException,
  { wallAt, later }: { wallAt: WallAt; later: readonly RotaException[] },
): string | undefined {
  const wall = clinicId === null ? undefined : wallAt(clinicId)
  if (clinicId === null || wall === undefined) return undefined
  const isNamed = (day: EpochDay) => day >= from && day <= to
  const on = isOn({ clinicId, start, end }, wall, { exceptions: later, isNamed })
  return on === undefined ? undefined : clinicId
}
