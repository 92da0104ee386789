import { setTimeout as delay } from 'node:timers/promises'

import type pg from 'pg'

import { errorCode, isDataError, isRetryable, isUnavailable, withTransaction } from '@medqueue/database'
import type { Log } from '@medqueue/messaging'

import type { Advance, advanceLeases } from '../store/advance-leases.ts'
import { decide, decideByHalving, LeaseLostError } from './decide.ts'
import type { LogEntry } from './log-reader.ts'

export interface SettleOptions {
  pool: pg.Pool
  logger: Log
  now: () => Date
  /** True once the worker should end: it gives up waiting for a database that is away. */
  stopping: () => boolean
  /** The fence. */
  advance: typeof advanceLeases
  /** Services known to need more than the doctor's time. */
  singly: Set<string>
}

/** Another partition decided the same request id at the same moment: once it has committed, the id is known. */
const UNIQUE_VIOLATION = '23505'

const LONGEST_WAIT_MS = 1_000

/**
 * Decides a batch, again and again until it has committed: requests wait in the queue while the database is away.
 * Undefined when the fence refused it, or the worker is stopping: somebody else decides it then.
 */
export async function settle(
  options: SettleOptions,
  entries: readonly LogEntry[],
  advances: readonly Advance[],
): Promise<string[] | undefined> {
  const { logger, advance, singly } = options
  let way = entries.some(({ batch }) => batch === undefined) ? decideByHalving : decide
  for (let attempt = 1; ; attempt++) {
    try {
      const occurredAt = options.now().toISOString()
      return await withTransaction(
        options.pool,
        (client) => way(client, entries, advances, { logger, advance, singly, occurredAt }),
        { attempts: 1 },
      )
    } catch (error) {
      if (error instanceof LeaseLostError) return undefined
      if (isDataError(error) && !(errorCode(error) === UNIQUE_VIOLATION && attempt <= 5))
        way = decideByHalving
      report(logger, error, attempt)
      if (options.stopping() && attempt > 3) return undefined
    }
    await delay(Math.random() * Math.min(LONGEST_WAIT_MS, 10 * 2 ** attempt))
  }
}

function report(logger: Log, error: unknown, attempt: number): void {
  const fields = { err: error, attempt }
  if (isRetryable(error) || errorCode(error) === UNIQUE_VIOLATION)
    logger.debug(fields, 'Batch met another one; deciding it again')
  else if (isUnavailable(error)) logger.warn(fields, 'Database out of reach; the batch is kept')
  else logger.error(fields, 'Batch failed; deciding it again')
}
