import { Counter, type Registry } from 'prom-client'

import { gaugeOf } from './gauge.ts'
import type { Turns } from './turns.ts'

/** How long requests wait for their turn; and those to be counted that nobody waits for any more when it comes. */
export function turnMetrics(registry: Registry, turns: Turns): { abandoned: Counter; refused: Counter } {
  gaugeOf(
    registry,
    'http_requests_oldest_wait_seconds',
    'How long the request that has waited longest for its turn to begin has waited',
    () => turns.oldestMs() / 1_000,
  )
  return {
    abandoned: new Counter({
      name: 'http_requests_abandoned_total',
      help: 'Requests whose callers had gone before they could begin: they are neither begun nor answered',
      registers: [registry],
    }),
    refused: new Counter({
      name: 'http_requests_refused_total',
      help: 'Requests that waited longer for their turn than callers wait for an answer: 503, not begun',
      registers: [registry],
    }),
  }
}
