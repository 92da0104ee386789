import { setTimeout as delay } from 'node:timers/promises'

import type { Scenario } from '../scenario.ts'
import { freezeMidBatch } from '../stage/mid-batch.ts'

const TIMES = 3

/** What the dead worker held is read again from the committed place, by whoever takes its partitions over. */
export const workerKilled: Scenario = {
  name: 'worker-killed',
  title: 'kill -9 of a worker in the middle of a batch',
  run: async ({ workers, database, now, recovers, saw }) => {
    for (let time = 0; time < TIMES; time++) {
      await delay(Math.random() * 1_000)
      const worker = workers[time % workers.length]
      if (worker === undefined) throw new Error('there is no worker')
      await freezeMidBatch(database.adminUrl, worker)
      const since = now()
      worker.crash()
      await recovers(since)
    }
    saw(`killed ${TIMES} times in mid-batch`)
  },
}
