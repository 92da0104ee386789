import { ProblemError } from '@medqueue/service-kit'

import type { Core } from '../core.ts'
import type { WrittenWindow } from '../domain/bulk-change.ts'
import { parseInstant } from '../domain/calendar.ts'
import { LONGEST_WINDOW_MS } from '../domain/expand.ts'
import type { Interval } from '../domain/intervals.ts'
import { SchedulingErrors } from '../errors.ts'
import { loadSchedules } from '../store/load-schedules.ts'
import { writtenWindows } from './publish-windows.ts'

/**
 * The doctor's windows that overlap the range, each whole: starts are counted from where a window begins. Throws
 * SCHEDULING_DOCTOR_UNKNOWN, or SCHEDULING_LIMIT rather than giving fewer.
 */
export async function readWindows(
  { pool }: Core,
  doctorId: string,
  range: Interval,
): Promise<WrittenWindow[]> {
  const wide = { start: range.start - LONGEST_WINDOW_MS, end: range.end }
  const loaded = (await loadSchedules(pool, [doctorId], wide)).get(doctorId)
  if (loaded === undefined) {
    throw new ProblemError(SchedulingErrors.SCHEDULING_DOCTOR_UNKNOWN, { field: 'doctorId' })
  }
  return writtenWindows(loaded.schedule, wide).filter(({ end }) => (parseInstant(end) ?? 0) > range.start)
}
