import { type EventEnvelope, namesOf, type WindowNote, type WindowsChanged } from '@medqueue/contracts'
import { appendEvents } from '@medqueue/messaging'
import { ProblemError } from '@medqueue/service-kit'
import type pg from 'pg'

import type { Core } from '../core.ts'
import { formatInstant } from '../domain/calendar.ts'
import type { WrittenWindow } from '../domain/bulk-change.ts'
import { expand } from '../domain/expand.ts'
import { type Horizon, horizonAt, publishedRange } from '../domain/horizon.ts'
import type { Interval, Piece } from '../domain/intervals.ts'
import { notesOf } from '../domain/notes.ts'
import type { Schedule } from '../domain/schedule.ts'
import { SchedulingErrors } from '../errors.ts'
import { bumpVersion, type Publication } from '../store/bump-version.ts'
import { loadSchedules } from '../store/load-schedules.ts'

/** Most windows in one event or answer. */
const MOST_WINDOWS = 5_000

export function writeWindow({ start, end, clinicId }: Piece): WrittenWindow {
  return { start: formatInstant(start), end: formatInstant(end), clinicId }
}

/** The windows that start in the range. Throws SCHEDULING_LIMIT rather than giving fewer. */
export function writtenWindows(schedule: Schedule | undefined, range: Interval): WrittenWindow[] {
  const windows = schedule === undefined ? [] : expand(schedule, range)
  if (windows.length > MOST_WINDOWS) {
    throw new ProblemError(SchedulingErrors.SCHEDULING_LIMIT, {
      detail: `The schedule has ${windows.length} windows; ${MOST_WINDOWS} at most are published.`,
    })
  }
  return windows.map(writeWindow)
}

/** Most notes in one event; notes explain and decide nothing, so the soonest are told. */
const MOST_NOTES = 5_000

/** Why the doctor has no window in the range, the soonest first. */
export function writtenNotes(schedule: Schedule | undefined, range: Interval): WindowNote[] {
  const notes = schedule === undefined ? [] : notesOf(schedule, range)
  return notes.slice(0, MOST_NOTES).map((note) => ({ ...writeWindow(note), reason: note.reason }))
}

/**
 * Writes the doctor's windows of the whole horizon into the outbox, under the next version. The caller holds the
 * doctor's schedule and has made the change in the same transaction.
 */
export async function publishWindows(
  client: pg.ClientBase,
  core: Core,
  doctorId: string,
  traceparent?: string,
): Promise<void> {
  const horizon = horizonAt(core.now(), core.horizonDays)
  const range = publishedRange(horizon)
  const loaded = await loadSchedules(client, [doctorId], range)
  const schedule = loaded.get(doctorId)?.schedule
  const windows = writtenWindows(schedule, range)
  const notes = writtenNotes(schedule, range)
  const publication = await bumpVersion(client, doctorId, horizon)
  const event = windowsEvent(core, { doctorId, windows, notes, horizon, publication })
  const traced = traceparent === undefined ? event : { ...event, traceparent }
  await appendEvents(client, [{ subject: namesOf().subjects.windows(doctorId), event: traced }])
}

/**
 * The event that tells of a doctor's windows. After the horizon was made shorter it still reaches as far as the last
 * one, so that what lies beyond is taken away.
 */
export function windowsEvent(
  core: Pick<Core, 'now' | 'newId'>,
  said: Pick<WindowsChanged, 'doctorId' | 'windows' | 'notes'> & {
    horizon: Horizon
    publication: Publication
  },
): EventEnvelope<WindowsChanged> {
  const { doctorId, windows, notes = [], horizon, publication } = said
  const { version, reach } = publication
  const { start, end } = publishedRange({ ...horizon, to: reach })
  return {
    id: core.newId(),
    type: 'schedule.windows.changed',
    source: 'scheduling',
    subject: doctorId,
    version,
    occurredAt: formatInstant(core.now()),
    data: { doctorId, version, from: formatInstant(start), to: formatInstant(end), windows, notes },
  }
}
