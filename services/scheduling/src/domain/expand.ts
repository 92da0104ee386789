import { DAY_MS, type EpochDay, MINUTE_MS, weekdayOf } from './calendar.ts'
import { type Interval, join, overlay, type Piece, subtract } from './intervals.ts'
import { ruleDays } from './recurrence.ts'
import type { Clinic, Closure, RotaException, RotaRow, Schedule } from './schedule.ts'
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
  const regular = schedule.rotas.toReversed().reduce<Piece[]>((pieces, row) => {
    return overlay(pieces, regularPieces(row, places))
  }, [])
  const said = schedule.exceptions.reduce((pieces, exception) => {
    return applyException(pieces, exception, places)
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

/** The row on each of its dates. A week is seven calendar days, whatever the clocks do in it. */
function regularPieces(row: RotaRow, places: Places): Piece[] {
  const place = places.get(row.clinicId)
  if (place === undefined) return []
  const from = Math.max(place.firstDay, row.effectiveFrom)
  const to = Math.min(place.lastDay, row.effectiveTo ?? place.lastDay)
  return withClinic(
    datesOf(row, [from, to]).flatMap((day) => onDay(place, day, row)),
    row.clinicId,
  )
}

function datesOf({ weekday, rule, except, effectiveFrom }: RotaRow, span: [EpochDay, EpochDay]): EpochDay[] {
  if (rule !== null) return ruleDays(rule, effectiveFrom, span).filter((day) => !except.includes(day))
  const [from, to] = span
  const days: EpochDay[] = []
  for (let day = from + (((weekday ?? 1) - weekdayOf(from) + 7) % 7); day <= to; day += 7) days.push(day)
  return days
}

function applyException(pieces: Piece[], exception: RotaException, places: Places): Piece[] {
  const { clinicId, kind } = exception
  if (kind === 'open') {
    const place = clinicId === null ? undefined : places.get(clinicId)
    if (place === undefined || clinicId === null) return pieces
    return overlay(pieces, withClinic(statedTimes(exception, place), clinicId))
  }
  return closeAt(pieces, exception, places)
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
  const from = Math.max(place.firstDay, statement.from)
  const to = Math.min(place.lastDay, statement.to)
  const times: Interval[] = []
  for (let day = from; day <= to; day++) times.push(...onDay(place, day, statement))
  return times
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
