import { expand, placesOf, type Places, statedTimes } from './expand.ts'
import { difference, type Interval, overlay, type Piece, subtract } from './intervals.ts'
import type { Closure, Schedule } from './schedule.ts'

/** Why there is no window in a span of time at a clinic, as patients read it. */
export interface Note extends Piece {
  reason: string
}

/** What patients read where only the doctor and administrators may know the reason. */
export const PRIVATE_REASON = 'Not available'

/**
 * Why the doctor has no window, clinic by clinic: closures by their public reasons, the doctor's own absences by a
 * neutral text. Clipped to the range; no note overlaps a window of its clinic or another note of it, and touching
 * notes that say the same are joined. Where two closures meet, the first of the list is told.
 */
export function notesOf(schedule: Schedule, range: Interval): Note[] {
  if (!schedule.active || range.start >= range.end) return []
  const places = placesOf(schedule.clinics, range)
  // A window that begins before the range may reach into it, and is no longer than a day.
  const wide = { start: range.start - 86_400_000, end: range.end }
  const windows = expand(schedule, wide)
  const lost = lostToBusy(schedule, wide, windows)
  const absences = schedule.exceptions.filter(({ kind }) => kind === 'closed')
  const notes = [...places.keys()].flatMap((clinicId) => {
    const here = windows.filter((window) => window.clinicId === clinicId)
    const closed = layers(schedule.closures.toReversed(), clinicId, places)
    const away = layers(
      absences.map((absence) => ({ ...absence, reason: PRIVATE_REASON })),
      clinicId,
      places,
    )
    const taken = lost.filter((piece) => piece.clinicId === clinicId)
    return joinSame(subtract(clip(overlay(overlay(away, taken), closed), range), here))
  })
  return notes.sort((a, b) => a.start - b.start)
}

/** Windows that other calendars take; of their other times nobody is told. */
function lostToBusy(schedule: Schedule, wide: Interval, windows: readonly Piece[]): Note[] {
  if (schedule.busy === undefined || schedule.busy.length === 0) return []
  const lost = difference(expand({ ...schedule, busy: [] }, wide), windows)
  return lost.map((piece) => ({ ...piece, reason: PRIVATE_REASON }))
}

/** The times of all statements about a clinic; where two overlap, the later of the list lies on top. */
function layers(statements: readonly Closure[], clinicId: string, places: Places): Note[] {
  const place = places.get(clinicId)
  if (place === undefined) return []
  return statements
    .filter((statement) => statement.clinicId === null || statement.clinicId === clinicId)
    .reduce<Note[]>((below, statement) => {
      const { reason } = statement
      const top = statedTimes(statement, place).map((times) => ({ ...times, clinicId, reason }))
      return overlay(below, top)
    }, [])
}

function clip(notes: readonly Note[], { start, end }: Interval): Note[] {
  const inside = notes.map((note) => {
    return { ...note, start: Math.max(note.start, start), end: Math.min(note.end, end) }
  })
  return inside.filter((note) => note.start < note.end)
}

function joinSame(notes: readonly Note[]): Note[] {
  const joined: Note[] = []
  for (const note of notes) {
    const previous = joined.at(-1)
    if (previous?.end === note.start && previous.reason === note.reason) previous.end = note.end
    else joined.push({ ...note })
  }
  return joined
}
