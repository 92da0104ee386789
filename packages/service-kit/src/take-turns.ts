import type { Registry } from 'prom-client'

import { CommonErrors, ProblemError } from './errors.ts'
import { turnMetrics } from './turn-metrics.ts'
import type { Turns } from './turns.ts'
import type { Service } from './types.ts'

/** Seconds after which one of a crowd may come again: long enough for some of those who wait to be served. */
const RETRY_A_CROWD = '10'

/** Requests begin when it is their turn; who has gone meanwhile is not begun, who has waited too long is told so. */
export function takeTurns(app: Service, turns: Turns, registry: Registry): void {
  const { abandoned, refused } = turnMetrics(registry, turns)
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.prompt === true) {
      done()
      return
    }
    const begin = (problem?: ProblemError) => {
      // Nobody is there any more to be answered.
      if (request.raw.socket.destroyed) abandoned.inc()
      else done(problem)
    }
    turns.take(begin, () => {
      refused.inc()
      begin(new ProblemError(CommonErrors.CROWDED, { headers: { 'retry-after': RETRY_A_CROWD } }))
    })
  })
}
