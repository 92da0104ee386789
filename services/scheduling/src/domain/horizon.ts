import { DAY_MS, type EpochDay, utcDayOf } from './calendar.ts'
import type { Interval } from './intervals.ts'

/** The days that published windows cover: from the day of publication in UTC, up to and without `to`. */
export interface Horizon {
  today: EpochDay
  to: EpochDay
}

/** The horizon at an instant. */
export function horizonAt(nowMs: number, days: number): Horizon {
  const today = utcDayOf(nowMs)
  return { today, to: today + days }
}

/**
 * The range of window starts that a publication replaces. It begins a day before today's midnight in UTC: a window
 * may be open across that midnight (08:00 in Tokyo is 23:00 the day before), and closing it must reach whoever takes
 * the event. No window is longer than a day, so one day is enough.
 */
export function publishedRange({ today, to }: Horizon): Interval {
  return { start: (today - 1) * DAY_MS, end: to * DAY_MS }
}
