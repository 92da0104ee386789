import { LOCAL_PORTS } from '@medqueue/contracts'
import {
  BrokerConfig,
  HttpConfig,
  loadConfig,
  RateLimitConfig,
  RedisConfig,
  StreamConfig,
  TokenConfig,
} from '@medqueue/service-kit'
import { type Static, Type } from 'typebox'

export const RealtimeConfig = Type.Object({
  ...HttpConfig.properties,
  PORT: Type.Integer({ default: LOCAL_PORTS.realtime, minimum: 0, maximum: 65_535 }),
  ...TokenConfig.properties,
  ...BrokerConfig.properties,
  ...StreamConfig.properties,
  ...RedisConfig.properties,
  ...RateLimitConfig.properties,
  /** Pages of these origins may open streams: `https://a.example,https://b.example`. */
  TRUSTED_ORIGINS: Type.String({
    default: `http://127.0.0.1:${LOCAL_PORTS.gateway},http://localhost:${LOCAL_PORTS.gateway}`,
    pattern: '^$|^https?://[^,/ ]+(, *https?://[^,/ ]+)*$',
    maxLength: 2_000,
  }),
  /** Sockets of one replica. */
  MAX_SOCKETS: Type.Integer({ default: 10_000, minimum: 1, maximum: 1_000_000 }),
  /** Sockets of one person on one replica. */
  MAX_SOCKETS_PER_PERSON: Type.Integer({ default: 10, minimum: 1, maximum: 1_000 }),
  /** Sockets of one replica for those who look at slots, who need no ticket. */
  MAX_SLOT_SOCKETS: Type.Integer({ default: 10_000, minimum: 1, maximum: 1_000_000 }),
  /** The same of one address, behind which there may be a whole hospital. */
  MAX_SLOT_SOCKETS_PER_ADDRESS: Type.Integer({ default: 200, minimum: 1, maximum: 1_000_000 }),
  /** Bytes that may wait for a live client before it is closed as too slow. */
  MAX_BUFFERED_BYTES: Type.Integer({ default: 262_144, minimum: 1_024, maximum: 67_108_864 }),
  /** Longest wait for a client that catches up to take what was sent. Milliseconds. */
  DRAIN_TIMEOUT_MS: Type.Integer({ default: 15_000, minimum: 50, maximum: 600_000 }),
  /** Time between two pings; who has not answered the one before is cut. Milliseconds. */
  HEARTBEAT_MS: Type.Integer({ default: 20_000, minimum: 20, maximum: 300_000 }),
  /** How many of the newest events are kept in memory for those who come back. */
  RECENT_EVENTS: Type.Integer({ default: 20_000, minimum: 2, maximum: 1_000_000 }),
  /** Replays from the broker at the same time; the others wait. */
  MAX_REPLAYS: Type.Integer({ default: 32, minimum: 1, maximum: 1_000 }),
})
export type RealtimeConfig = Readonly<Static<typeof RealtimeConfig>>

/** The environment as one frozen object. Throws CONFIG_INVALID naming every bad variable. */
export const readConfig = (env: NodeJS.ProcessEnv): RealtimeConfig => loadConfig(RealtimeConfig, env)
