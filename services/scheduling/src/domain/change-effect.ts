import { DAY_MS } from './calendar.ts'
import { expand } from './expand.ts'
import { difference, type Interval, type Piece } from './intervals.ts'
import type { RotaException, Schedule } from './schedule.ts'

/** Bookable time that a change takes away and adds. */
export interface ChangeEffect {
  removed: Piece[]
  added: Piece[]
}

/**
 * All starts of windows that an exception can touch: clocks differ from UTC's by less than two days, and shifts are
 * moved by a day at most.
 */
export function rangeOf({ from, to }: Pick<RotaException, 'from' | 'to'>): Interval {
  return { start: (from - 3) * DAY_MS, end: (to + 4) * DAY_MS }
}

/** What one more exception, said last, does to a schedule on its dates. */
export function effectOf(schedule: Schedule, exception: RotaException): ChangeEffect {
  const range = rangeOf(exception)
  const before = expand(schedule, range)
  const after = expand({ ...schedule, exceptions: [...schedule.exceptions, exception] }, range)
  return { removed: difference(before, after), added: difference(after, before) }
}
