import { setTimeout as delay } from 'node:timers/promises'

import { DAY_MS } from '../domain/calendar.ts'
import { DAYS_BACK } from './feed-text.ts'
import { refreshDue, type Refreshing } from './refresh.ts'
import { deletePastVisits } from './store/delete-past-visits.ts'

/** How often it is looked whether a calendar is due. */
const LOOK_MS = 10_000
/** Calendars fetched at a time: most of that time is waiting for somebody's server. */
const SIDE_BY_SIDE = 8
const HOUR_MS = 3_600_000

/** Keeps outside calendars fresh, and forgets visits that no feed shows any more. In any number of replicas. */
export function startCalendarJob(deps: Refreshing): { stop: () => Promise<void> } {
  const { core, logger, reader } = deps
  const stopping = new AbortController()
  const every = async (ms: number, work: () => Promise<unknown>) => {
    while (!stopping.signal.aborted) {
      await work().catch((error: unknown) => logger.warn({ err: error }, 'Calendars could not be looked at'))
      await delay(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
    }
  }
  const running = [
    ...Array.from({ length: SIDE_BY_SIDE }, async () =>
      every(LOOK_MS, async () => refreshDue({ ...deps, stopping: stopping.signal })),
    ),
    every(HOUR_MS, async () => deletePastVisits(core.pool, new Date(core.now() - (DAYS_BACK + 2) * DAY_MS))),
  ]
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(running)
      await reader.stop()
    },
  }
}
