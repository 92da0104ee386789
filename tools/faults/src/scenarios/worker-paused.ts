import { setTimeout as delay } from 'node:timers/promises'

import type { Scenario } from '../scenario.ts'
import { pausePastLease } from '../stage/pause.ts'

/** Long enough for whatever the resumed worker still had in hand. */
const AFTERMATH_MS = 2_000

/** The fence: what a paused worker wakes up with has been decided by another one, and must not be written again. */
export const workerPaused: Scenario = {
  name: 'worker-paused',
  title: 'two workers, one paused past its lease and resumed',
  run: async (play) => {
    const [first, second] = play.workers
    if (first === undefined || second === undefined) throw new Error('there are not two workers')
    await pausePastLease(play, first)
    const since = play.now()
    first.kill('SIGCONT')
    await play.recovers(since)
    await delay(AFTERMATH_MS)
    // Once more, resumed when all is quiet: nothing that comes later can hide what it does.
    await pausePastLease(play, second)
    await play.load.finish()
    second.kill('SIGCONT')
    await delay(AFTERMATH_MS)
    play.saw('paused twice in mid-batch, resumed under load and after it')
  },
}
