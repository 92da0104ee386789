import { setTimeout as delay } from 'node:timers/promises'

import type { Scenario } from '../scenario.ts'

const DOWN_MS = [300, 3_000]

/** What was acknowledged is on disk; what was not is asked for again under the same key. */
export const natsKilled: Scenario = {
  name: 'nats-killed',
  title: 'NATS killed and restarted on the same data',
  run: async ({ servers, load, recovers, saw }) => {
    for (const downMs of DOWN_MS) {
      await delay(500 + Math.random() * 1_000)
      await recovers(await servers.crashNats(downMs))
    }
    const away = load.count(({ outcome }) => outcome === 'unavailable')
    if (away === 0) throw new Error('nobody was told 503: the fault was not there')
    saw(`killed ${DOWN_MS.length} times, ${away} answers 503`)
  },
}
