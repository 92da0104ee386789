import { setTimeout as delay } from 'node:timers/promises'

import type { Scenario } from '../scenario.ts'

const DOWN_MS = [300, 4_000]

/** Requests wait in the queue while the database is away; what had committed is still there. */
export const postgresKilled: Scenario = {
  name: 'postgres-killed',
  title: 'PostgreSQL killed and restarted on the same data',
  run: async ({ servers, load, recovers, saw }) => {
    for (const downMs of DOWN_MS) {
      await delay(500 + Math.random() * 1_000)
      await recovers(await servers.crashPostgres(downMs))
    }
    const away = load.count(({ outcome }) => outcome === 'unavailable' || outcome === 'queued')
    if (away === 0) throw new Error('nobody had to wait: the fault was not there')
    saw(`killed ${DOWN_MS.length} times, ${away} answers 202 or 503`)
  },
}
