/**
 * What each process reads from its environment, from its own configuration, and what the charts leave to `extraEnv`: what
 * a chart sets must be what the process reads, with values that it takes, and no setting may be forgotten.
 */
import { ControllerConfig, loadConfig } from '@medqueue/service-kit/config'
import { type TObject, Type } from 'typebox'

import { ApiConfig, WorkerConfig } from '../../../../services/booking/src/config.ts'
import { DirectoryConfig } from '../../../../services/directory/src/config.ts'
import { GatewayConfig } from '../../../../services/gateway/src/config.ts'
import { Config as IdentityConfig } from '../../../../services/identity/src/config.ts'
import { RealtimeConfig } from '../../../../services/realtime/src/config.ts'
import { SchedulingConfig } from '../../../../services/scheduling/src/config.ts'

/** A variable of a container; without a value it comes from a Secret or from the pod. */
export interface Variable {
  name: string
  value?: string
}

/** The configuration of each process, by its component. */
export const CONFIGURATIONS: Readonly<Record<string, TObject>> = {
  gateway: GatewayConfig,
  identity: IdentityConfig,
  directory: DirectoryConfig,
  scheduling: SchedulingConfig,
  'booking-api': ApiConfig,
  'booking-worker': WorkerConfig,
  realtime: RealtimeConfig,
  'booking-queue': ControllerConfig,
  'worker-pool': ControllerConfig,
}

/** Read by Node, by the driver of PostgreSQL, or by the libraries of a cluster. */
const OF_EVERYBODY = new Set(['NODE_ENV', 'NODE_EXTRA_CA_CERTS', 'PGSSLMODE', 'POD_NAME', 'POD_NAMESPACE'])

/** Settings whose defaults fit every cluster; whoever must may change them by `extraEnv`. */
const LEFT: Readonly<Record<string, readonly string[]>> = {
  // How patient a process is with its clients; the job migrates, not the process.
  '*': [
    'REQUEST_TIMEOUT_MS',
    'HEADERS_TIMEOUT_MS',
    'KEEP_ALIVE_TIMEOUT_MS',
    'SLOW_REQUEST_MS',
    'MIGRATION_DATABASE_URL',
  ],
  gateway: [
    'UPSTREAM_TIMEOUT_MS',
    'UPSTREAM_CONNECT_TIMEOUT_MS',
    'UPSTREAM_CONNECTIONS',
    'BREAKER_FAILURES',
    'BREAKER_HALF_OPEN_AFTER_MS',
    'PROBE_INTERVAL_MS',
    'BODY_LIMIT_BYTES',
    'CACHE_BYTES',
    'MAX_WEBSOCKETS',
    'WEBSOCKET_IDLE_MS',
    'OPENAPI_REFRESH_MS',
    // The pod's preStop hook waits.
    'SHUTDOWN_DELAY_MS',
  ],
  identity: ['KEY_LEAD_SECONDS', 'KEY_POLL_SECONDS', 'PASSWORD_CONCURRENCY', 'PASSWORD_QUEUE'],
  realtime: ['MAX_BUFFERED_BYTES', 'DRAIN_TIMEOUT_MS', 'HEARTBEAT_MS', 'RECENT_EVENTS', 'MAX_REPLAYS'],
  // It has as many connections as its lanes need.
  'booking-worker': ['DATABASE_POOL_MAX'],
}

/** What is wrong with the environment of one container, a line each. */
export function faultsOf(component: string, variables: readonly Variable[]): string[] {
  const configuration = CONFIGURATIONS[component]
  if (configuration === undefined) return [`${component} has no configuration that is known`]
  const names = variables.map(({ name }) => name)
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  return [
    ...twice.map((name) => `${component} is given ${name} twice`),
    ...variables.flatMap((variable) => faultOf(component, configuration, variable)),
  ]
}

function faultOf(component: string, { properties }: TObject, { name, value = '' }: Variable): string[] {
  const property = properties[name]
  if (property === undefined)
    return OF_EVERYBODY.has(name) ? [] : [`${component} is given ${name}, which it does not read`]
  if (value === '' || name.endsWith('_FILE')) return []
  try {
    loadConfig(Type.Object({ [name]: property }), { [name]: value })
    return []
  } catch (error) {
    return [`${component} does not take what it is given: ${String(error)}`]
  }
}

/**
 * Settings that no way of installing gives to a process and that are not left to `extraEnv`, and those that are left
 * though the chart gives them or nobody reads them; `given` is everything that a component is given in any way.
 */
export function forgotten(component: string, given: ReadonlySet<string>): string[] {
  const read = Object.keys(CONFIGURATIONS[component]?.properties ?? {})
  const own = LEFT[component] ?? []
  const left = new Set([...own, ...(LEFT['*'] ?? [])])
  const isGiven = (name: string) => given.has(name) || given.has(`${name}_FILE`) || name.endsWith('_FILE')
  return [
    ...read
      .filter((name) => !isGiven(name) && !left.has(name))
      .map((name) => `${component} reads ${name}, which no value of the chart sets`),
    ...own
      .filter((name) => given.has(name) || !read.includes(name))
      .map((name) => `${component}: ${name} is not left to extraEnv`),
  ]
}
