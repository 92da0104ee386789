import { LOCAL_PORTS, PATH_TABLE, type ServiceName } from '@medqueue/contracts'
import { HttpConfig, loadConfig, RateLimitConfig, RedisConfig, TokenConfig } from '@medqueue/service-kit'
import { type Static, Type } from 'typebox'

/** Base URLs of one service's replicas, separated by commas. */
const Replicas = (port: number) => {
  return Type.String({
    default: `http://127.0.0.1:${port}`,
    pattern: '^https?://[^,/ ]+(, *https?://[^,/ ]+)*$',
    maxLength: 2_000,
  })
}

const Upstreams = Type.Object({
  UPSTREAM_IDENTITY: Replicas(LOCAL_PORTS.identity),
  UPSTREAM_DIRECTORY: Replicas(LOCAL_PORTS.directory),
  UPSTREAM_SCHEDULING: Replicas(LOCAL_PORTS.scheduling),
  UPSTREAM_BOOKING: Replicas(LOCAL_PORTS.booking),
  UPSTREAM_REALTIME: Replicas(LOCAL_PORTS.realtime),
  /** Longest wait for an answer of a service; longer than a booking may wait for its decision. Milliseconds. */
  UPSTREAM_TIMEOUT_MS: Type.Integer({ default: 20_000, minimum: 100, maximum: 120_000 }),
  UPSTREAM_CONNECT_TIMEOUT_MS: Type.Integer({ default: 1_000, minimum: 50, maximum: 5_000 }),
  /** Connections to each replica. */
  UPSTREAM_CONNECTIONS: Type.Integer({ default: 1_024, minimum: 1, maximum: 10_000 }),
})

const Protection = Type.Object({
  /** Failures in a row, of requests or probes, that open a replica's breaker. */
  BREAKER_FAILURES: Type.Integer({ default: 3, minimum: 1, maximum: 100 }),
  /** How long a breaker stays open before it is probed. Milliseconds. */
  BREAKER_HALF_OPEN_AFTER_MS: Type.Integer({ default: 2_000, minimum: 50, maximum: 5_000 }),
  /** Time between two probes of a replica. Milliseconds. */
  PROBE_INTERVAL_MS: Type.Integer({ default: 1_000, minimum: 20, maximum: 60_000 }),
  /** Largest body that is passed on; services have limits of their own. */
  BODY_LIMIT_BYTES: Type.Integer({ default: 1_048_576, minimum: 1_024, maximum: 16_777_216 }),
  /** Memory for answers that may be kept by anybody, for each replica; 0 turns it off. */
  CACHE_BYTES: Type.Integer({ default: 8_388_608, minimum: 0, maximum: 1_073_741_824 }),
  MAX_WEBSOCKETS: Type.Integer({ default: 10_000, minimum: 0, maximum: 1_000_000 }),
  /** A WebSocket whose upstream says nothing for this long, not even a ping, is cut. Milliseconds. */
  WEBSOCKET_IDLE_MS: Type.Integer({ default: 65_000, minimum: 100, maximum: 600_000 }),
  /** Pages of these origins may call the API from a browser: `https://a.example,https://b.example`; none by default. */
  TRUSTED_ORIGINS: Type.String({
    default: '',
    pattern: '^$|^https?://[^,/ ]+(, *https?://[^,/ ]+)*$',
    maxLength: 2_000,
  }),
  /** Time between two readings of the services' OpenAPI documents. Milliseconds. */
  OPENAPI_REFRESH_MS: Type.Integer({ default: 60_000, minimum: 100, maximum: 3_600_000 }),
  /** Time between "not ready" and the end, for a load balancer to notice. Milliseconds. */
  SHUTDOWN_DELAY_MS: Type.Integer({ default: 0, minimum: 0, maximum: 60_000 }),
})

export const GatewayConfig = Type.Object({
  ...HttpConfig.properties,
  PORT: Type.Integer({ default: LOCAL_PORTS.gateway, minimum: 0, maximum: 65_535 }),
  ...TokenConfig.properties,
  ...RateLimitConfig.properties,
  ...Upstreams.properties,
  ...Protection.properties,
  /** Without Redis every replica of the gateway counts requests alone. */
  REDIS_URL: Type.Optional(RedisConfig.properties.REDIS_URL),
  REDIS_URL_FILE: RedisConfig.properties.REDIS_URL_FILE,
  /** The namespace whose labelled Services are routed too; none when empty. */
  DISCOVERY_NAMESPACE: Type.String({ default: '', pattern: '^$|^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' }),
})
export type GatewayConfig = Readonly<Static<typeof GatewayConfig>>

/** The configuration of this process; throws CONFIG_INVALID naming what is wrong. */
export function readConfig(env: NodeJS.ProcessEnv): GatewayConfig {
  return loadConfig(GatewayConfig, env)
}

/** Services that the path table sends something to. */
export type UpstreamName = Exclude<ServiceName, 'gateway'>

/** Base URLs of a service's replicas. */
export function originsOf(config: GatewayConfig, service: UpstreamName): string[] {
  const list = config[`UPSTREAM_${service.toUpperCase() as Uppercase<UpstreamName>}`]
  return [...new Set(list.split(',').map((origin) => origin.trim()))]
}

/** Every service in the path table, once. */
export const UPSTREAM_NAMES = [...new Set(PATH_TABLE.map(({ service }) => service))].filter(
  (service): service is UpstreamName => service !== 'gateway',
)
