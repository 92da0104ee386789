import { setTimeout as delay } from 'node:timers/promises'

import type { Scenario } from '../scenario.ts'
import { ready } from '../stage/processes.ts'

const TIMES = 4

/** Callers of the dead replica ask the other one under the same key. */
export const apiKilled: Scenario = {
  name: 'api-killed',
  title: 'kill -9 of an api',
  run: async ({ apis, load, now, recovers, saw }) => {
    for (let time = 0; time < TIMES; time++) {
      await delay(500 + Math.random() * 1_000)
      const since = now()
      const api = apis[time % apis.length]
      if (api === undefined) throw new Error('there is no api')
      api.crash()
      await recovers(since)
      await ready(api)
    }
    const cut = load.count(({ outcome }) => outcome === 'no_answer')
    if (cut === 0) throw new Error('no connection was cut: the fault was not there')
    saw(`killed ${TIMES} times, ${cut} questions cut off`)
  },
}
