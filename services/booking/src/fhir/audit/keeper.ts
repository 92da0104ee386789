import type { Log } from '@medqueue/messaging'
import { repeat, type Repetition } from '@medqueue/service-kit'
import type pg from 'pg'

import { removeAuditEvents } from '../store/remove-audit-events.ts'

export interface AuditKeeperOptions {
  pool: pg.Pool
  logger: Log
  /** How long the trail is kept; days. */
  days: number
  /** Pause between two rounds; milliseconds, default an hour. */
  everyMs?: number
}

const MOST = 1_000

/** Removes what is older than it has to be kept, some at a time, in every api. */
export function startAuditKeeper({
  pool,
  logger,
  days,
  everyMs = 3_600_000,
}: AuditKeeperOptions): Repetition {
  return repeat({
    turn: async () => ((await removeAuditEvents(pool, days, MOST)) < MOST ? everyMs : 0),
    restMs: everyMs,
    onError: (error) =>
      logger.warn({ err: error }, 'The old end of the audit trail could not be removed; trying again'),
  })
}
