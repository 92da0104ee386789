import { PATH_TABLE, type ServiceName } from '@medqueue/contracts'
import { stringify } from 'yaml'

export interface IngressPath {
  path: string
  type: 'Exact' | 'Prefix'
  /** The process that answers, as the chart names it. */
  component: string
}

/** What the gateway answers by itself. Its figures are for Prometheus and not for everybody. */
const OWN_PATHS: readonly IngressPath[] = [
  { path: '/', type: 'Exact', component: 'gateway' },
  { path: '/docs', type: 'Prefix', component: 'gateway' },
  { path: '/openapi.json', type: 'Exact', component: 'gateway' },
  { path: '/livez', type: 'Exact', component: 'gateway' },
  { path: '/readyz', type: 'Exact', component: 'gateway' },
]

/** Booking is two processes, and the api is the one that answers. */
const componentOf = (service: ServiceName) => (service === 'booking' ? 'booking-api' : service)

/** The paths of the ingress: hot ones straight to their service, the others to the gateway. */
export function ingressPaths(): IngressPath[] {
  const owned = PATH_TABLE.map(({ prefix, service, direct }): IngressPath => {
    return { path: prefix, type: 'Prefix', component: direct === true ? componentOf(service) : 'gateway' }
  })
  return [...owned, ...OWN_PATHS]
}

/** files/paths.yaml of the chart. */
export function pathsFile(): string {
  const head = '# Written from the path table in packages/contracts by `make generate-charts`.\n'
  return head + stringify({ paths: ingressPaths() })
}
