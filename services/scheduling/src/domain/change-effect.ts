import { DAY_MS } from './calendar.ts'
import { expand, type TimelineSource } from './expand.ts'
import { difference, type Interval, type Piece } from './intervals.ts'
import type { RotaException, Schedule } from './schedule.ts'

/** Bookable time that a change takes away and adds. */
export interface ChangeEffect {
  removed: Piece[]
  added: Piece[]
}

/** What one more exception, said last, does to a schedule on its dates. */
export function effectOf(
  schedule: Schedule,
  exception: RotaException,
  timelines?: TimelineSource,
): ChangeEffect {
  // Dates are those of the clinics' clocks, which are at most a day away from UTC's.
  const range: Interval = { start: (exception.from - 2) * DAY_MS, end: (exception.to + 3) * DAY_MS }
  const before = expand(schedule, range, timelines)
  const after = expand(
    { ...schedule, exceptions: [...schedule.exceptions, exception] },
    range,
    timelines,
  )
  return { removed: difference(before, after), added: difference(after, before) }
}
