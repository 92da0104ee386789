import type { Service } from '@medqueue/service-kit'
import { Counter, Gauge } from 'prom-client'

import type { BreakerState, Replica } from './upstreams/replica.ts'
import type { Upstream } from './upstreams/upstream.ts'

const OPENNESS: Record<BreakerState, number> = { closed: 0, 'half-open': 0.5, open: 1 }

export interface GatewayMetrics {
  /** Calls that failed, by service and kind of failure; a second try that succeeded counts the first. */
  failures: Counter<'service' | 'failure'>
  /** Breakers that have opened. */
  opened: Counter<'service'>
  websockets: Gauge
}

/** The gateway's own figures, beside those every service has. */
export function gatewayMetrics(app: Service, upstreams: () => Iterable<Upstream>): GatewayMetrics {
  const registers = [app.metrics.registry]
  new Gauge({
    name: 'gateway_breaker_openness',
    help: 'State of the breaker of each replica: 0 closed, 0.5 half open, 1 open',
    labelNames: ['service', 'replica'],
    registers,
    collect() {
      // A service that was found may be gone.
      this.reset()
      for (const { service, replicas } of upstreams()) {
        replicas.forEach((replica: Replica, index) =>
          this.set({ service, replica: index }, OPENNESS[replica.state]),
        )
      }
    },
  })
  return {
    failures: new Counter({
      name: 'gateway_upstream_failures_total',
      help: 'Calls to a replica that got no answer',
      labelNames: ['service', 'failure'],
      registers,
    }),
    opened: new Counter({
      name: 'gateway_breaker_opened_total',
      help: 'How often a breaker has opened',
      labelNames: ['service'],
      registers,
    }),
    websockets: new Gauge({ name: 'gateway_websockets', help: 'WebSockets passed through now', registers }),
  }
}
