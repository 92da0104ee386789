import { Gauge, type Registry } from 'prom-client'

import { type Discovered, REFUSAL_REASONS } from '../domain/discovered.ts'

/** What is found in the cluster, in figures. */
export function discoveryMetrics(registry: Registry): { show: (found: Discovered) => void } {
  const registers = [registry]
  const routed = new Gauge({
    name: 'gateway_discovered_services',
    help: 'Services that are routed by their label',
    registers,
  })
  const paths = new Gauge({
    name: 'gateway_discovered_paths',
    help: 'Paths that are routed by labels of Services',
    registers,
  })
  const refused = new Gauge({
    name: 'gateway_discovery_refusals',
    help: 'Services, or paths of Services, that ask to be routed and are not, by reason',
    labelNames: ['reason'],
    registers,
  })
  const show = ({ services, routes, refusals }: Discovered) => {
    routed.set(services.length)
    paths.set(routes.length)
    for (const reason of REFUSAL_REASONS) {
      refused.set({ reason }, refusals.filter((refusal) => refusal.reason === reason).length)
    }
  }
  show({ services: [], routes: [], refusals: [] })
  return { show }
}
