import { DAY_MS, type EpochDay, MINUTE_MS, MINUTES_A_DAY } from './calendar.ts'
import { type ZoneTimeline, zoneTimeline } from './zone-timeline.ts'

/** Wall time that the clocks skip: minutes since the day's midnight, half open. */
export interface SkippedTime {
  from: number
  to: number
}

/**
 * The wall time of a day that the clocks of a zone skip and that the start or the end of a span falls into, or
 * undefined. A span that begins where the gap ends, or ends where it begins, is as good as any.
 */
export function skippedBy(
  zone: string,
  day: EpochDay,
  { start, end }: { start: number; end: number },
): { field: 'start' | 'end'; gap: SkippedTime } | undefined {
  for (const gap of gapsOn(zoneTimeline(zone, { start: (day - 3) * DAY_MS, end: (day + 3) * DAY_MS }), day)) {
    if (start >= gap.from && start < gap.to) return { field: 'start', gap }
    // The end of the day is typed as the end of the day, whatever the clocks read then.
    if (end > gap.from && end < gap.to && end < MINUTES_A_DAY) return { field: 'end', gap }
  }
  return undefined
}

function gapsOn({ stretches }: ZoneTimeline, day: EpochDay): SkippedTime[] {
  return stretches.flatMap((stretch, index) => {
    const next = stretches[index + 1]
    if (next === undefined || next.offset <= stretch.offset) return []
    const minutes = (wall: number) => (wall - day * DAY_MS) / MINUTE_MS
    const gap = { from: minutes(stretch.end + stretch.offset), to: minutes(next.start + next.offset) }
    return gap.to > 0 && gap.from < MINUTES_A_DAY ? [gap] : []
  })
}
