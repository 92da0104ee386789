import type { ClusterAccess } from '@medqueue/operator-kit'
import { buildService, type Service, type ServiceOptions } from '@medqueue/service-kit'

import { type GatewayConfig, originsOf, UPSTREAM_NAMES } from './config.ts'
import { parseOrigins } from './domain/cors.ts'
import { GatewayErrors } from './errors.ts'
import { type GatewayMetrics, gatewayMetrics } from './metrics.ts'
import type { Discovery } from './discovery/discovery.ts'
import { addCors } from './plugins/cors.ts'
import { addOpaqueCredentials } from './plugins/opaque-credentials.ts'
import { addUpgrades } from './plugins/upgrades.ts'
import { SocketProxy } from './proxy/socket-proxy.ts'
import { addDocs } from './routes/docs.ts'
import { landingRoutes } from './routes/landing.ts'
import { proxyRoutes } from './routes/proxy.ts'
import { OpenApiCatalogue } from './upstreams/openapi-catalogue.ts'
import { Prober } from './upstreams/prober.ts'
import { Registry } from './upstreams/registry.ts'
import { Replica } from './upstreams/replica.ts'
import { Upstream } from './upstreams/upstream.ts'

export const NAME = 'gateway'
export const VERSION = '0.1.0'

/** The logger, and Redis, where replicas of the gateway share rate limits. */
export type GatewayDeps = Pick<ServiceOptions, 'redis' | 'logger'> & {
  /** How to reach the API server; by default as the pod's service account. */
  access?: ClusterAccess
}

/** The one entry point: filters, limits and passes on. Keeps no state that another replica would need. */
export async function buildApp(config: GatewayConfig, deps: GatewayDeps): Promise<Service> {
  const { access, ...shared } = deps
  const app = await buildService({
    ...shared,
    name: NAME,
    version: VERSION,
    config,
    errors: GatewayErrors,
    bodyLimit: config.BODY_LIMIT_BYTES,
  })
  const metrics = gatewayMetrics(app, () => registry.upstreams())
  const make = (name: string, origins: readonly string[]) =>
    new Upstream(name, replicasOf(app, metrics, { name, origins, config }))
  const registry = new Registry({
    builtIn: new Map(UPSTREAM_NAMES.map((name) => [name, make(name, originsOf(config, name))])),
    make: (name, origin) => make(name, [origin]),
  })
  const prober = new Prober(registry.upstreams)
  const sockets = socketProxy(config, metrics)
  const catalogue = new OpenApiCatalogue({
    upstreams: registry.upstreams,
    ownerOf: registry.ownerOf,
    version: VERSION,
    refreshMs: config.OPENAPI_REFRESH_MS,
    logger: app.log,
  })
  const discovery = await discoveryFor(app, { config, access, registry, catalogue })

  addOpaqueCredentials(app)
  addCors(app, parseOrigins(config.TRUSTED_ORIGINS), registry.ownerOf)
  addUpgrades(app)
  await addDocs(app, () => catalogue.document)
  await app.register(landingRoutes)
  await app.register(proxyRoutes({ registry, sockets, discovers: discovery !== undefined }))

  app.addHook('onReady', async () => {
    prober.start(config.PROBE_INTERVAL_MS)
    catalogue.start()
    await discovery?.start()
  })
  app.addHook('preClose', async () => sockets.close())
  app.addHook('onClose', async () => {
    await discovery?.stop()
    prober.stop()
    catalogue.stop()
    await registry.close()
  })
  return app
}

interface DiscoveryParts {
  config: GatewayConfig
  access: ClusterAccess | undefined
  registry: Registry
  catalogue: OpenApiCatalogue
}

/** Loads what talks to Kubernetes only where it is asked for. */
async function discoveryFor(
  app: Service,
  { config, access, registry, catalogue }: DiscoveryParts,
): Promise<Discovery | undefined> {
  const namespace = config.DISCOVERY_NAMESPACE
  if (namespace === '') return undefined
  const { createDiscovery } = await import('./discovery/discovery.ts')
  return createDiscovery(app, {
    namespace,
    access,
    onFound: ({ services, routes }) => {
      registry.replace(services, routes)
      catalogue.changed()
    },
  })
}

interface ReplicaParts {
  name: string
  origins: readonly string[]
  config: GatewayConfig
}

function replicasOf(
  app: Service,
  metrics: GatewayMetrics,
  { name, origins, config }: ReplicaParts,
): Replica[] {
  const settings = {
    connectTimeoutMs: config.UPSTREAM_CONNECT_TIMEOUT_MS,
    answerTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
    failures: config.BREAKER_FAILURES,
    halfOpenAfterMs: config.BREAKER_HALF_OPEN_AFTER_MS,
    connections: config.UPSTREAM_CONNECTIONS,
    cacheBytes: config.CACHE_BYTES,
  }
  return origins.map((origin, index) => {
    return new Replica(origin, settings, {
      onState: (state) => {
        app.log.warn({ upstream: name, replica: index, state }, 'Breaker changed')
        if (state === 'open') metrics.opened.inc({ service: name })
      },
      onFailure: (failure) => metrics.failures.inc({ service: name, failure }),
    })
  })
}

function socketProxy(config: GatewayConfig, metrics: GatewayMetrics): SocketProxy {
  return new SocketProxy({
    maxSockets: config.MAX_WEBSOCKETS,
    timeoutMs: config.UPSTREAM_TIMEOUT_MS,
    idleMs: config.WEBSOCKET_IDLE_MS,
    onCount: (open) => metrics.websockets.set(open),
  })
}
