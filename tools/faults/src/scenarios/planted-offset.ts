import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import type { Scenario } from '../scenario.ts'
import { freezeMidBatch } from '../stage/mid-batch.ts'

const BACKLOG_MS = 1_500

/** The same fault as `worker-killed`: here it must lose what was promised. */
export const plantedOffset: Scenario = {
  name: 'planted-offset',
  title: 'planted bug: the offset committed before the effect, and workers killed in between',
  planted: 'lost',
  stage: {
    workerEntry: join(import.meta.dirname, '../planted/worker.ts'),
    env: { PLANTED_BUG: 'offset' },
    patienceMs: 8_000,
  },
  run: async ({ workers, database, now, recovers, saw }) => {
    for (const worker of workers) {
      // A batch of one may hold a request that is asked for again: let some more gather.
      worker.kill('SIGSTOP')
      await delay(BACKLOG_MS)
      worker.kill('SIGCONT')
      await freezeMidBatch(database.adminUrl, worker)
      const since = now()
      worker.crash()
      await recovers(since)
    }
    saw(`killed ${workers.length} times in mid-batch`)
  },
}
