import { hostname } from 'node:os'

import { EMBEDDED_PARTITIONS } from '@medqueue/contracts'
import {
  BrokerConfig,
  DatabaseConfig,
  HttpConfig,
  loadConfig,
  RateLimitConfig,
  RedisConfig,
  StreamConfig,
  TokenConfig,
} from '@medqueue/service-kit'
import { type Static, Type } from 'typebox'

import { WAITING_ROOM_MODES } from './waiting-room/domain/room.ts'

const Partitions = {
  /** Ordered lanes of requests; fixed at birth: 32 in a cluster, 4 embedded. */
  BOOKING_PARTITIONS: Type.Integer({ default: EMBEDDED_PARTITIONS, minimum: 1, maximum: 256 }),
  /** Size limit of the request stream when it is made; bytes. When it is full, callers get 503. */
  BOOKING_QUEUE_MAX_BYTES: Type.Integer({ default: 1024 ** 3, minimum: 1024 }),
}

const Scaling = {
  /** Name of the BookingWorkerPool that scales the workers. */
  BOOKING_POOL: Type.String({ default: 'default', minLength: 1, maxLength: 63, pattern: '^[a-z0-9-]+$' }),
}

const WaitingRoom = {
  /** off: there is none; manual: staff open it; auto: overload opens it too; on: it is always open. */
  WAITING_ROOM_MODE: Type.Enum([...WAITING_ROOM_MODES], { default: 'off' }),
  /** Keys of tickets, 32 bytes or more in base64 each, separated by commas: the first signs, all are accepted. */
  WAITING_ROOM_KEYS: Type.Optional(Type.String({ minLength: 43, maxLength: 4_096 })),
  WAITING_ROOM_KEYS_FILE: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096 })),
  /** People let in a second: to begin with, at least, and at most. */
  WAITING_ROOM_START_RATE: Type.Number({ default: 20, minimum: 0.1, maximum: 10_000 }),
  WAITING_ROOM_LEAST_RATE: Type.Number({ default: 1, minimum: 0.1, maximum: 10_000 }),
  WAITING_ROOM_MOST_RATE: Type.Number({ default: 500, minimum: 0.1, maximum: 10_000 }),
  /** Who comes within this time of an opening, or of its hour, takes part in the draw; milliseconds. */
  WAITING_ROOM_DRAW_MS: Type.Integer({ default: 5_000, minimum: 0, maximum: 600_000 }),
  /** How long one may book when it is one's turn; milliseconds. */
  WAITING_ROOM_TURN_MS: Type.Integer({ default: 600_000, minimum: 10_000, maximum: 3_600_000 }),
}

export const ApiConfig = Type.Object({
  ...HttpConfig.properties,
  ...TokenConfig.properties,
  ...DatabaseConfig.properties,
  ...BrokerConfig.properties,
  ...StreamConfig.properties,
  ...RedisConfig.properties,
  ...RateLimitConfig.properties,
  ...Partitions,
  ...Scaling,
  ...WaitingRoom,
  /** How long a caller waits for the decision when it does not say; milliseconds. */
  DECISION_WAIT_MS: Type.Integer({ default: 2_000, minimum: 0, maximum: 10_000 }),
  /** How long the audit trail of FHIR is kept; days, six years at least. */
  AUDIT_RETENTION_DAYS: Type.Integer({ default: 2_557, minimum: 2_192, maximum: 36_525 }),
  /** Whom calendars name as the organizer of visits. */
  CALENDAR_EMAIL: Type.String({
    default: 'no-reply@medqueue.dev',
    pattern: '^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255}$',
  }),
  /** Page of the web app where a slot is booked; published with each free slot, its id in the query as `slot`. */
  BOOKING_LINK: Type.Optional(Type.String({ pattern: '^https?://[^ ]+$', maxLength: 1_000 })),
})
export type ApiConfig = Static<typeof ApiConfig>

export const WorkerConfig = Type.Object({
  ...HttpConfig.properties,
  ...TokenConfig.properties,
  ...DatabaseConfig.properties,
  ...BrokerConfig.properties,
  ...StreamConfig.properties,
  ...Partitions,
  ...Scaling,
  /** How this worker is known to the operator: the name of its pod. */
  POD_NAME: Type.String({ default: hostname(), minLength: 1, maxLength: 253 }),
  /** How long a lease lasts without renewal; milliseconds. A dead worker's partitions are taken over after it. */
  LEASE_TTL_MS: Type.Integer({ default: 6_000, minimum: 500, maximum: 60_000 }),
  /** Transactions at a time. */
  WORKER_LANES: Type.Integer({ default: 2, minimum: 1, maximum: 16 }),
  /** Most requests in a transaction. */
  WORKER_BATCH_MAX: Type.Integer({ default: 1_000, minimum: 1, maximum: 5_000 }),
})
export type WorkerConfig = Static<typeof WorkerConfig>

/** The api's configuration from the environment. Throws CONFIG_INVALID. */
export const loadApiConfig = (env?: NodeJS.ProcessEnv): Readonly<ApiConfig> => loadConfig(ApiConfig, env)

/** The worker's configuration from the environment. Throws CONFIG_INVALID. */
export const loadWorkerConfig = (env?: NodeJS.ProcessEnv): Readonly<WorkerConfig> =>
  loadConfig(WorkerConfig, env)
