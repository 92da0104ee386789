import { repeat, type Repetition } from '@medqueue/service-kit'

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
export function startCalendarJob(deps: Refreshing): Repetition {
  const { core, logger, reader } = deps
  const every = (restMs: number, work: (stopping: AbortSignal) => Promise<unknown>) =>
    repeat({
      turn: async (stopping) => {
        await work(stopping)
        return undefined
      },
      restMs,
      onError: (error) => logger.warn({ err: error }, 'Calendars could not be looked at'),
    })
  const running = [
    ...Array.from({ length: SIDE_BY_SIDE }, () =>
      every(LOOK_MS, async (stopping) => refreshDue({ ...deps, stopping })),
    ),
    every(HOUR_MS, async () => deletePastVisits(core.pool, new Date(core.now() - (DAYS_BACK + 2) * DAY_MS))),
  ]
  return {
    stop: async () => {
      await Promise.all(running.map(async ({ stop }) => stop()))
      await reader.stop()
    },
  }
}
