import { setTimeout as delay } from 'node:timers/promises'

import type { Log } from '@medqueue/messaging'
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
export function startAuditKeeper({ pool, logger, days, everyMs = 3_600_000 }: AuditKeeperOptions): {
  stop: () => Promise<void>
} {
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const removed = await removeAuditEvents(pool, days, MOST).catch((error: unknown) => {
        logger.warn({ err: error }, 'The old end of the audit trail could not be removed; trying again')
        return 0
      })
      if (removed < MOST)
        await delay(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
