import { withTransaction } from '@medqueue/database'
import { appendEvents, type Log } from '@medqueue/messaging'
import { repeat, type Repetition } from '@medqueue/service-kit'
import type pg from 'pg'

import { eventOf } from '../api/tell.ts'
import { expireLapsed } from '../store/expire-lapsed.ts'

export interface SweeperOptions {
  pool: pg.Pool
  logger: Log
  now: () => Date
  newId: () => string
  /** Pause between two looks when nothing lapsed; milliseconds, default 1,000. */
  everyMs?: number
}

/** Most appointments ended in one transaction. */
const MOST = 200

/** Ends one batch of what has lapsed, with an event each. Returns how many. */
export async function sweepOnce({ pool, now, newId }: Omit<SweeperOptions, 'logger'>): Promise<number> {
  return withTransaction(pool, async (client) => {
    const rows = await expireLapsed(client, MOST)
    await appendEvents(
      client,
      rows.map((row) => eventOf(row, { type: 'appointment.expired', now, newId })),
    )
    return rows.length
  })
}

/** Ends holds and unanswered requests within seconds of their time, in every api: workers may all be asleep. */
export function startSweeper(options: SweeperOptions): Repetition {
  const { logger, everyMs = 1_000 } = options
  return repeat({
    turn: async () => ((await sweepOnce(options)) < MOST ? everyMs : 0),
    restMs: everyMs,
    onError: (error) => logger.warn({ err: error }, 'What has lapsed could not be ended; trying again'),
  })
}
