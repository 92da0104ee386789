import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import type { Scenario } from '../scenario.ts'
import { withClient } from '../stage/database.ts'
import { pausePastLease } from '../stage/pause.ts'
import { findRegressed } from '../store/find-regressed.ts'

const AFTERMATH_MS = 5_000

/** The second half of `worker-paused`: here the resumed worker must do harm. */
export const plantedEpoch: Scenario = {
  name: 'planted-epoch',
  title: 'planted bug: the epoch check removed, one of two workers paused past its lease and resumed',
  planted: 'order_violations',
  stage: { workerEntry: join(import.meta.dirname, '../planted/worker.ts'), env: { PLANTED_BUG: 'epoch' } },
  run: async (play) => {
    const [worker] = play.workers
    if (worker === undefined) throw new Error('there is no worker')
    await pausePastLease(play, worker)
    await play.load.finish()
    worker.kill('SIGCONT')
    const deadline = play.now() + AFTERMATH_MS
    await withClient(play.database.adminUrl, async (client) => {
      while (!(await findRegressed(client)) && play.now() < deadline) await delay(50)
    })
    play.saw('paused in mid-batch, resumed when all was decided')
  },
}
