import { setTimeout as delay } from 'node:timers/promises'

import type { Play } from '../scenario.ts'
import { freezeMidBatch } from './mid-batch.ts'
import type { Kept } from './processes.ts'
import { LEASE_TTL_MS } from './stage.ts'

/** Pauses the worker in the middle of a batch until its lease is over and another worker books in its place. */
export async function pausePastLease({ database, now, recovers }: Play, worker: Kept): Promise<void> {
  await freezeMidBatch(database.adminUrl, worker)
  const since = now()
  await recovers(since)
  await delay(Math.max(0, since + LEASE_TTL_MS + 500 - now()))
}
