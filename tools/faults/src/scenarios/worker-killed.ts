import { setTimeout as delay } from 'node:timers/promises'

import type { Play, Scenario } from '../scenario.ts'
import { freezeMidBatch } from '../stage/mid-batch.ts'
import type { Kept } from '../stage/processes.ts'

/** What the dead worker held is read again from the committed place, by whoever takes its partitions over. */
export const workerKilled: Scenario = {
  name: 'worker-killed',
  title: 'kill -9 of a worker in the middle of a batch',
  run: async (play) => {
    const { workers, saw } = play
    // One, the other, both.
    const rounds = [...workers.map((worker) => [worker]), workers]
    for (const victims of rounds) await killMidBatch(play, victims)
    saw(`killed ${rounds.length} times in mid-batch, the last time all workers`)
  },
}

async function killMidBatch({ database, now, recovers }: Play, victims: readonly Kept[]): Promise<void> {
  await delay(Math.random() * 1_000)
  await Promise.all(victims.map((worker) => freezeMidBatch(database.adminUrl, worker)))
  const since = now()
  for (const worker of victims) worker.crash()
  await recovers(since)
}
