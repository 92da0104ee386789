import type pg from 'pg'
import type { FastifyBaseLogger } from 'fastify'

import { ACCOUNT_POLICY, PAIR_POLICY } from '../domain/backoff.ts'
import { purgeExpired } from '../store/purge-expired.ts'
import { purgeTries } from '../store/purge-tries.ts'

const MINUTE = 60_000
const EVERY_MS = 5 * MINUTE
/** Expired rows are kept a little, for clocks that differ. */
const SLACK_MS = 10 * MINUTE
const BATCH = 5_000

export interface CleanupContext {
  pool: pg.Pool
  now: () => Date
}

/** Deletes what has expired, in batches, so that no lock is held for long. Returns how many payloads went. */
export async function cleanUp({ pool, now }: CleanupContext): Promise<number> {
  const time = now().getTime()
  let total = 0
  for (let went = BATCH; went === BATCH; total += went) {
    went = await purgeExpired(pool, new Date(time - SLACK_MS), BATCH)
  }
  const memory = Math.max(ACCOUNT_POLICY.forgetAfterMs, PAIR_POLICY.forgetAfterMs)
  await purgeTries(pool, new Date(time - memory))
  return total
}

/** Cleans up every five minutes. Replicas may do it at the same time. Returns how to stop it. */
export function startCleanup(context: CleanupContext, logger: FastifyBaseLogger): () => Promise<void> {
  let running = Promise.resolve()
  const run = async () => {
    try {
      const count = await cleanUp(context)
      if (count > 0) logger.debug({ count }, 'expired payloads deleted')
    } catch (error) {
      logger.warn({ err: error }, 'clean-up failed; it runs again in five minutes')
    }
  }
  const timer = setInterval(() => {
    running = run()
  }, EVERY_MS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}
