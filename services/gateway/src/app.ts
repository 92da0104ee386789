import type { PathRule } from '@medqueue/contracts'
import { buildService, type Service, type ServiceOptions } from '@medqueue/service-kit'

import { type GatewayConfig, originsOf, UPSTREAM_NAMES, type UpstreamName } from './config.ts'
import { parseOrigins } from './domain/cors.ts'
import { GatewayErrors } from './errors.ts'
import { type GatewayMetrics, gatewayMetrics } from './metrics.ts'
import { addCors } from './plugins/cors.ts'
import { addOpaqueCredentials } from './plugins/opaque-credentials.ts'
import { addUpgrades } from './plugins/upgrades.ts'
import { SocketProxy } from './proxy/socket-proxy.ts'
import { addDocs } from './routes/docs.ts'
import { landingRoutes } from './routes/landing.ts'
import { proxyRoutes } from './routes/proxy.ts'
import { OpenApiCatalogue } from './upstreams/openapi-catalogue.ts'
import { Prober } from './upstreams/prober.ts'
import { Replica } from './upstreams/replica.ts'
import { Upstream } from './upstreams/upstream.ts'

export const NAME = 'gateway'
export const VERSION = '0.1.0'

/** The logger, and Redis, where replicas of the gateway share rate limits. */
export type GatewayDeps = Pick<ServiceOptions, 'redis' | 'logger'>

/** The one entry point: filters, limits and passes on. Keeps no state that another replica would need. */
export async function buildApp(config: GatewayConfig, deps: GatewayDeps): Promise<Service> {
  const app = await buildService({
    ...deps,
    name: NAME,
    version: VERSION,
    config,
    errors: GatewayErrors,
    bodyLimit: config.BODY_LIMIT_BYTES,
  })
  const upstreams = new Map<UpstreamName, Upstream>()
  const metrics = gatewayMetrics(app, () => upstreams.values())
  for (const name of UPSTREAM_NAMES) upstreams.set(name, upstreamFor(app, metrics, name, config))
  const all = [...upstreams.values()]
  const prober = new Prober(all)
  const sockets = socketProxy(config, metrics)
  const catalogue = new OpenApiCatalogue({
    upstreams: all,
    version: VERSION,
    refreshMs: config.OPENAPI_REFRESH_MS,
    logger: app.log,
  })

  addOpaqueCredentials(app)
  addCors(app, parseOrigins(config.TRUSTED_ORIGINS))
  addUpgrades(app)
  await addDocs(app, () => catalogue.document)
  await app.register(landingRoutes)
  await app.register(proxyRoutes({ upstreamOf: upstreamOf(upstreams), sockets }))

  app.addHook('onReady', async () => {
    prober.start(config.PROBE_INTERVAL_MS)
    catalogue.start()
  })
  app.addHook('preClose', async () => sockets.close())
  app.addHook('onClose', async () => {
    prober.stop()
    catalogue.stop()
    await Promise.all(all.flatMap(({ replicas }) => replicas.map((replica) => replica.close())))
  })
  return app
}

function upstreamOf(upstreams: ReadonlyMap<string, Upstream>): (rule: PathRule) => Upstream {
  return ({ service }) => {
    const upstream = upstreams.get(service)
    if (upstream === undefined) throw new TypeError(`the path table names ${service}, which has no upstream`)
    return upstream
  }
}

function upstreamFor(
  app: Service,
  metrics: GatewayMetrics,
  name: UpstreamName,
  config: GatewayConfig,
): Upstream {
  const settings = {
    connectTimeoutMs: config.UPSTREAM_CONNECT_TIMEOUT_MS,
    answerTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
    failures: config.BREAKER_FAILURES,
    halfOpenAfterMs: config.BREAKER_HALF_OPEN_AFTER_MS,
    connections: config.UPSTREAM_CONNECTIONS,
    cacheBytes: config.CACHE_BYTES,
  }
  const replicas = originsOf(config, name).map((origin, index) => {
    return new Replica(origin, settings, {
      onState: (state) => {
        app.log.warn({ upstream: name, replica: index, state }, 'Breaker changed')
        if (state === 'open') metrics.opened.inc({ service: name })
      },
      onFailure: (failure) => metrics.failures.inc({ service: name, failure }),
    })
  })
  return new Upstream(name, replicas)
}

function socketProxy(config: GatewayConfig, metrics: GatewayMetrics): SocketProxy {
  return new SocketProxy({
    maxSockets: config.MAX_WEBSOCKETS,
    timeoutMs: config.UPSTREAM_TIMEOUT_MS,
    idleMs: config.WEBSOCKET_IDLE_MS,
    onCount: (open) => metrics.websockets.set(open),
  })
}
