import { Cron } from 'croner'

import { type BookingWorkerPoolSpec, durationMs } from '@medqueue/contracts'

type Prewarm = NonNullable<BookingWorkerPoolSpec['prewarm']>[number]

export interface PrewarmState {
  /** The least workers at this moment; 0 outside of every schedule. */
  replicas: number
  /** What cannot be read, by its place in the list. */
  faults: string[]
}

/** What the prewarm schedules ask for at a moment. Where they overlap, the largest counts. */
export function prewarmAt(prewarm: readonly Prewarm[] | undefined, now: number): PrewarmState {
  const state: PrewarmState = { replicas: 0, faults: [] }
  for (const [index, entry] of (prewarm ?? []).entries()) {
    try {
      if (isOpen(entry, now)) state.replicas = Math.max(state.replicas, entry.replicas)
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown'
      state.faults.push(`spec.prewarm[${index}] cannot be read: ${why}`)
    }
  }
  return state
}

/**
 * Whether a schedule has begun within its duration. Looked for from the duration ago: a start that the clocks jump over
 * in spring is taken right after the gap, and one that they pass twice in autumn counts once.
 */
function isOpen({ schedule, timeZone, duration }: Prewarm, now: number): boolean {
  const cron = new Cron(schedule, { timezone: timeZone, paused: true, mode: '5-part' })
  const start = cron.nextRun(new Date(now - durationMs(duration)))
  return start !== null && start.getTime() <= now
}
