import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import type { Scenario } from '../scenario.ts'
import { freezeMidBatch } from '../stage/mid-batch.ts'

const TIMES = 2
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
    for (let time = 0; time < TIMES; time++) {
      // A batch of one may hold a request that is asked for again: let some more gather.
      for (const worker of workers) worker.kill('SIGSTOP')
      await delay(BACKLOG_MS)
      for (const worker of workers) worker.kill('SIGCONT')
      await Promise.all(workers.map((worker) => freezeMidBatch(database.adminUrl, worker)))
      const since = now()
      for (const worker of workers) worker.crash()
      await recovers(since)
    }
    saw(`both workers killed ${TIMES} times in mid-batch`)
  },
}
