import { setTimeout as delay } from 'node:timers/promises'

import type { Scenario } from '../scenario.ts'

const LOAD_MS = 6_000

/** Redis only counts for the rate limit: without it each replica counts alone, and nobody is kept waiting. */
export const redisDown: Scenario = {
  name: 'redis-down',
  title: 'Redis down throughout',
  // Nothing listens on port 1.
  stage: { env: { REDIS_URL: 'redis://127.0.0.1:1' } },
  run: async ({ load, now, recovers, saw }) => {
    await recovers(now())
    await delay(LOAD_MS)
    const away = load.count(({ outcome }) => outcome === 'unavailable' || outcome === 'no_answer')
    saw(`${away} questions put off`)
  },
}
