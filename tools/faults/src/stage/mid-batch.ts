import { setTimeout as delay } from 'node:timers/promises'

import { findOpenBatch } from '../store/find-open-batch.ts'
import { withClient } from './database.ts'
import type { Kept } from './processes.ts'

const LIMIT_MS = 20_000
/** What was sent before the worker stood still has arrived by then. */
const ARRIVAL_MS = 60

/**
 * Stops the worker (SIGSTOP) at a moment when it has a batch open: its effect is written and not committed. When the
 * commit was already on its way, the worker goes on and is caught again. The caller kills or resumes it.
 */
export async function freezeMidBatch(databaseUrl: string, worker: Kept): Promise<void> {
  const deadline = Date.now() + LIMIT_MS
  await withClient(databaseUrl, async (client) => {
    const open = () => findOpenBatch(client, worker.name)
    for (;;) {
      while (!(await open())) {
        if (Date.now() > deadline) throw new Error(`${worker.name} was never seen in the middle of a batch`)
        await delay(1)
      }
      worker.kill('SIGSTOP')
      await delay(ARRIVAL_MS)
      if (await open()) return
      worker.kill('SIGCONT')
      await delay(Math.random() * 20)
    }
  })
}
