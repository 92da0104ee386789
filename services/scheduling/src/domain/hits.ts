import { type Interval, overlaps, type Piece } from './intervals.ts'

/** A visit that is booked: at a clinic, for a time. */
export interface Visit extends Piece {
  id: string
  doctorId: string
}

/** The visits that lie in time that a change takes away, at the clinic where it is taken. */
export function visitsIn<V extends Visit>(visits: readonly V[], removed: readonly Piece[]): V[] {
  return visits.filter((visit) => {
    return overlaps(
      [visit],
      removed.filter(({ clinicId }) => clinicId === visit.clinicId),
    )
  })
}

/** The visits that are not wholly inside the windows of their clinic. Windows are sorted and apart from each other. */
export function visitsOutside<V extends Visit>(visits: readonly V[], windows: readonly Piece[]): V[] {
  return visits.filter((visit) => {
    // Windows that touch are one stretch of time: long ones were cut at midnight.
    let covered = visit.start
    for (const { start, end, clinicId } of windows) {
      if (clinicId === visit.clinicId && start <= covered && end > covered) covered = end
    }
    return covered < visit.end
  })
}

/** The smallest span that holds all of them; undefined when there is none. */
export function spanOf(intervals: readonly Interval[]): Interval | undefined {
  if (intervals.length === 0) return undefined
  return {
    start: intervals.reduce((least, { start }) => Math.min(least, start), Infinity),
    end: intervals.reduce((most, { end }) => Math.max(most, end), -Infinity),
  }
}
