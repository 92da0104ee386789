import { DAY_MS, type EpochDay, MINUTE_MS, weekdayOf } from './calendar.ts'
import { type Interval, join, overlay, type Piece, subtract } from './intervals.ts'
import { ruleDays } from './recurrence.ts'
import type { Clinic, Closure, RotaException, RotaRow, Schedule } from './schedule.ts'
import { movedBy, type ShiftChange, shiftsOf } from './shifts.ts'
import { daysShown, instantsOf, type ZoneTimeline, zoneTimeline } from './zone-timeline.ts'

/** Longest window. So whoever asks from a day before an instant sees every window that is open at it. */
export const LONGEST_WINDOW_MS = DAY_MS

/** Days looked at on both sides of the range, so that what is cut where does not depend on where the range begins. */
const MARGIN_MS = 3 * DAY_MS

/**
 * The windows of a doctor that start in the range: sorted, none overlapping another, touching ones at one clinic
 * joined, none longer than a day (what is longer is cut at the clinic's midnights). The result for an instant does
 * not depend on the range asked for, nor on the zone of the server.
 */
export function expand(schedule: Schedule, range: Interval): Piece[] {
  if (!schedule.active || range.start >= range.end) return []
  const span = { start: range.start - MARGIN_MS, end: range.end + MARGIN_MS }
  const places = placesOf(schedule.clinics, span)
  const moves = shiftsOf(schedule.exceptions)
  const regular = regularPieces(schedule.rotas, places, moves)
  const said = schedule.exceptions.reduce((pieces, exception, index) => {
    // An opening is moved by what is said after it.
    const later = moves.filter(({ place }) => place > index)
    return applyException(pieces, exception, { places, moves: later })
  }, regular)
  const all = schedule.closures.reduce((pieces, closure) => closeAt(pieces, closure, places), said)
  const free = subtract(all, schedule.busy ?? [])
  return cutLong(join(free), places).filter(({ start }) => start >= range.start && start < range.end)
}

/** A clinic's clocks over a span, and the first and last day they show in it. */
export interface Place {
  timeline: ZoneTimeline
  firstDay: EpochDay
  lastDay: EpochDay
}

export type Places = ReadonlyMap<string, Place>

/** The clocks of the clinics where the doctor works. */
export function placesOf(clinics: readonly Clinic[], span: Interval): Places {
  const open = clinics.filter(({ active }) => active)
  return new Map(
    open.map(({ id, zone }) => {
      // Two days more, for what zone-timeline says of repeated hours.
      const timeline = zoneTimeline(zone, { start: span.start - 2 * DAY_MS, end: span.end })
      const [firstDay, lastDay] = daysShown(timeline, span)
      return [id, { timeline, firstDay, lastDay }]
    }),
  )
}

/** All rows; those that are moved beat those that are not. */
function regularPieces(rotas: readonly RotaRow[], places: Places, moves: readonly ShiftChange[]): Piece[] {
  const rows = rotas.toReversed().map((row) => rowPieces(row, places, moves))
  const still = rows.reduce<Piece[]>((pieces, row) => overlay(pieces, row.still), [])
  return rows.reduce((pieces, row) => overlay(pieces, row.moved), still)
}

/** The row on each of its dates. A week is seven calendar days, whatever the clocks do in it. */
function rowPieces(row: RotaRow, places: Places, moves: readonly ShiftChange[]) {
  const place = places.get(row.clinicId)
  if (place === undefined) return { still: [], moved: [] }
  const from = Math.max(place.firstDay, row.effectiveFrom)
  const to = Math.min(place.lastDay, row.effectiveTo ?? place.lastDay)
  const { still, moved } = laid(datesOf(row, [from, to]), row, { place, moves })
  return { still: withClinic(still, row.clinicId), moved: withClinic(moved, row.clinicId) }
}

/** Times at a clinic on dates: those that nothing moves, and the others where they are moved to. */
function laid(
  days: readonly EpochDay[],
  { clinicId, start, end }: Interval & { clinicId: string },
  { place, moves }: { place: Place; moves: readonly ShiftChange[] },
): { still: Interval[]; moved: Interval[] } {
  const still: Interval[] = []
  let moved: Interval[] = []
  for (const day of days) {
    const by = movedBy(moves, clinicId, { day, minute: start })
    const times = onDay(place, day, { start: start + by, end: end + by })
    if (by === 0) still.push(...times)
    // Times of two dates may meet when they are moved.
    else moved = overlay(moved, times)
  }
  return { still, moved }
}

function datesOf({ weekday, rule, except, effectiveFrom }: RotaRow, span: [EpochDay, EpochDay]): EpochDay[] {
  if (rule !== null) return ruleDays(rule, effectiveFrom, span).filter((day) => !except.includes(day))
  const [from, to] = span
  const days: EpochDay[] = []
  for (let day = from + (((weekday ?? 1) - weekdayOf(from) + 7) % 7); day <= to; day += 7) days.push(day)
  return days
}

function applyException(
  pieces: Piece[],
  exception: RotaException,
  { places, moves }: { places: Places; moves: readonly ShiftChange[] },
): Piece[] {
  const { clinicId, kind } = exception
  if (kind === 'closed') return closeAt(pieces, exception, places)
  const place = clinicId === null ? undefined : places.get(clinicId)
  if (kind === 'shifted' || place === undefined || clinicId === null) return pieces
  const { still, moved } = laid(statedDays(exception, place), { ...exception, clinicId }, { place, moves })
  return overlay(pieces, withClinic(overlay(still, moved), clinicId))
}

/** What is said of dates: an exception or a closure. */
type Statement = Omit<Closure, 'reason'>

/** Takes time away at one clinic, or at all. */
function closeAt(pieces: Piece[], statement: Statement, places: Places): Piece[] {
  const { clinicId } = statement
  const clinics = clinicId === null ? new Set(pieces.map((piece) => piece.clinicId)) : [clinicId]
  let left = pieces
  for (const closed of clinics) left = close(left, statement, { clinicId: closed, place: places.get(closed) })
  return left
}

function close(
  pieces: Piece[],
  statement: Statement,
  { clinicId, place }: { clinicId: string; place: Place | undefined },
): Piece[] {
  if (place === undefined) return pieces
  const here = pieces.filter((piece) => piece.clinicId === clinicId)
  const left = subtract(here, statedTimes(statement, place))
  if (here.length === pieces.length) return left
  const elsewhere = pieces.filter((piece) => piece.clinicId !== clinicId)
  return [...elsewhere, ...left].sort((a, b) => a.start - b.start)
}

/** When the clocks of a place show the times of a statement. Touching times of two days are not joined. */
export function statedTimes(statement: Omit<Statement, 'id' | 'clinicId'>, place: Place): Interval[] {
  return statedDays(statement, place).flatMap((day) => onDay(place, day, statement))
}

function statedDays(
  { from, to }: { from: EpochDay; to: EpochDay },
  { firstDay, lastDay }: Place,
): EpochDay[] {
  const first = Math.max(firstDay, from)
  return Array.from({ length: Math.max(0, Math.min(lastDay, to) - first + 1) }, (_, index) => first + index)
}

function onDay({ timeline }: Place, day: EpochDay, { start, end }: Interval): Interval[] {
  const midnight = day * DAY_MS
  return instantsOf(timeline, midnight + start * MINUTE_MS, midnight + end * MINUTE_MS)
}

function withClinic(intervals: readonly Interval[], clinicId: string): Piece[] {
  return intervals.map(({ start, end }) => ({ start, end, clinicId }))
}

function cutLong(pieces: readonly Piece[], places: Places): Piece[] {
  return pieces.flatMap((piece) => {
    const place = places.get(piece.clinicId)
    if (place === undefined || piece.end - piece.start <= LONGEST_WINDOW_MS) return [piece]
    return cutAtMidnights(piece, place)
  })
}

function cutAtMidnights(piece: Piece, { timeline }: Place): Piece[] {
  const [first, last] = daysShown(timeline, piece)
  const days = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  return days.flatMap((day) => {
    const times = instantsOf(timeline, day * DAY_MS, (day + 1) * DAY_MS)
    return times.flatMap(({ start, end }) => {
      const part = { ...piece, start: Math.max(start, piece.start), end: Math.min(end, piece.end) }
      return part.start < part.end ? [part] : []
    })
  })
}
