import { Temporal } from 'temporal-polyfill'

import { DAY_MS } from './calendar.ts'
import type { Interval } from './intervals.ts'

/**
 * A stretch of time in which a zone's clocks keep one offset. Wall time is written as milliseconds too: what the
 * clocks read, as if they stood in UTC.
 */
interface Stretch {
  /** Instant at which the stretch begins and ends. */
  start: number
  end: number
  /** Wall time minus instant. */
  offset: number
  /** First wall time that the clocks had not shown before: after a fold, the repeated hour lies below it. */
  freshFrom: number
}

/** What the clocks of one zone show over a span of time. */
export interface ZoneTimeline {
  zone: string
  stretches: readonly Stretch[]
}

/** True when the runtime's time zone data has the zone. */
export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return true
  } catch {
    return false
  }
}

/**
 * The clocks of a zone between two instants. Begin two days early: a repeated hour can only be told apart when the
 * clock change before it is inside.
 */
export function zoneTimeline(zone: string, { start, end }: Interval): ZoneTimeline {
  const stretches: Stretch[] = []
  let at: Temporal.ZonedDateTime | null =
    Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(zone)
  let freshFrom = Number.NEGATIVE_INFINITY
  while (at !== null && at.epochMilliseconds < end) {
    const next: Temporal.ZonedDateTime | null = at.getTimeZoneTransition('next')
    const stretchEnd = Math.min(next?.epochMilliseconds ?? end, end)
    const offset = at.offsetNanoseconds / 1e6
    stretches.push({ start: at.epochMilliseconds, end: stretchEnd, offset, freshFrom })
    freshFrom = Math.max(freshFrom, stretchEnd + offset)
    at = next
  }
  return { zone, stretches }
}

/**
 * The instants at which the clocks read a wall time of [wallStart, wallEnd), each wall time once: what a gap skips
 * has no instant, and what a fold repeats is taken the first time only. Sorted, apart from each other.
 */
export function instantsOf({ stretches }: ZoneTimeline, wallStart: number, wallEnd: number): Interval[] {
  const found: Interval[] = []
  for (const { start, end, offset, freshFrom } of stretches) {
    const first = Math.max(wallStart, start + offset, freshFrom)
    const last = Math.min(wallEnd, end + offset)
    if (first >= last) continue
    const interval = { start: first - offset, end: last - offset }
    const previous = found.at(-1)
    if (previous?.end === interval.start) previous.end = interval.end
    else found.push(interval)
  }
  return found
}

/** The calendar days that the clocks show between two instants inside the timeline, first and last. */
export function daysShown({ stretches }: ZoneTimeline, { start, end }: Interval): [number, number] {
  const touched = stretches.filter((stretch) => stretch.end > start && stretch.start < end)
  const walls = touched.flatMap((stretch) => [
    Math.max(stretch.start, start) + stretch.offset,
    Math.min(stretch.end, end) + stretch.offset - 1,
  ])
  return [Math.floor(Math.min(...walls) / DAY_MS), Math.floor(Math.max(...walls) / DAY_MS)]
}
