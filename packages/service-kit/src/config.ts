import { hostname } from 'node:os'

import { type Static, type TObject, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'

import { CommonErrors, ProblemError } from './errors.ts'
import { readSecret } from './secret-url.ts'

const LogLevel = Type.Union(
  [
    Type.Literal('trace'),
    Type.Literal('debug'),
    Type.Literal('info'),
    Type.Literal('warn'),
    Type.Literal('error'),
    Type.Literal('fatal'),
    Type.Literal('silent'),
  ],
  { default: 'info' },
)

/** Where the service listens and how patient it is with its clients. Times are milliseconds. */
export const HttpConfig = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', minLength: 1 }),
  PORT: Type.Integer({ default: 8080, minimum: 0, maximum: 65_535 }),
  LOG_LEVEL: LogLevel,
  /** Addresses whose X-Forwarded-For is believed: comma-separated CIDRs, or loopback, linklocal, uniquelocal. */
  TRUST_PROXY: Type.Optional(Type.String({ default: 'loopback' })),
  /** Longest time to receive a whole request. */
  REQUEST_TIMEOUT_MS: Type.Optional(Type.Integer({ default: 10_000, minimum: 100, maximum: 10_000 })),
  /** Longest time to receive the headers of a request. */
  HEADERS_TIMEOUT_MS: Type.Optional(Type.Integer({ default: 5_000, minimum: 100, maximum: 10_000 })),
  /** How long an idle connection is kept; longer than the idle time of the proxy in front. */
  KEEP_ALIVE_TIMEOUT_MS: Type.Optional(Type.Integer({ default: 72_000, minimum: 100, maximum: 600_000 })),
  /** Requests slower than this are logged. */
  SLOW_REQUEST_MS: Type.Optional(Type.Integer({ default: 1_000, minimum: 1 })),
})

/** Whose tokens are accepted. */
export const TokenConfig = Type.Object({
  ISSUER: Type.String({ minLength: 1, pattern: '^https?://' }),
  JWKS_URL: Type.String({ minLength: 1, pattern: '^https?://' }),
  TOKEN_AUDIENCE: Type.String({ default: 'medqueue', minLength: 1 }),
})

/** A file that holds the variable of that name, which then need not be set. It may change while the process runs. */
const SecretFile = Type.Optional(Type.String({ minLength: 1, maxLength: 4_096 }))

/** The service's own database: as the role with DML only, and optionally as the owner, for migrations. */
export const DatabaseConfig = Type.Object({
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
  DATABASE_URL_FILE: SecretFile,
  MIGRATION_DATABASE_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
  DATABASE_POOL_MAX: Type.Integer({ default: 10, minimum: 1, maximum: 200 }),
})

/** The broker, its monitoring endpoint, and the prefix that sets installations apart. */
export const BrokerConfig = Type.Object({
  NATS_URL: Type.String({ pattern: '^(nats|tls|wss?)://' }),
  NATS_URL_FILE: SecretFile,
  NATS_MONITOR_URL: Type.String({ pattern: '^https?://' }),
  SUBJECT_PREFIX: Type.String({ default: '', pattern: '^[A-Za-z0-9-]*$', maxLength: 64 }),
})

/** For who makes streams: on how many brokers each is kept. Streams that have fewer copies get more, never fewer. */
export const StreamConfig = Type.Object({
  STREAM_REPLICAS: Type.Optional(Type.Integer({ default: 1, minimum: 1, maximum: 5 })),
})

const { HOST, PORT, LOG_LEVEL } = HttpConfig.properties

/** A controller: where its probes are, its broker, and its place in the cluster. */
export const ControllerConfig = Type.Object({
  HOST,
  PORT,
  LOG_LEVEL,
  ...BrokerConfig.properties,
  /** The only namespace that is looked at; every one when empty. */
  WATCH_NAMESPACE: Type.String({ default: '', maxLength: 63 }),
  /** Who this process is, in the lease. */
  POD_NAME: Type.String({ default: hostname(), minLength: 1, maxLength: 253 }),
  /** Where the lease is. */
  POD_NAMESPACE: Type.String({ default: 'default', minLength: 1, maxLength: 63 }),
})

export const RedisConfig = Type.Object({
  REDIS_URL: Type.String({ pattern: '^rediss?://' }),
  REDIS_URL_FILE: SecretFile,
})

/** Requests a minute for each caller, or each address without a token; 0 turns limiting off. */
export const RateLimitConfig = Type.Object({
  RATE_LIMIT_PER_MINUTE: Type.Integer({ default: 600, minimum: 0 }),
})

export type HttpConfig = Static<typeof HttpConfig>
export type TokenConfig = Static<typeof TokenConfig>
export type DatabaseConfig = Static<typeof DatabaseConfig>
export type BrokerConfig = Static<typeof BrokerConfig>
export type RedisConfig = Static<typeof RedisConfig>
export type RateLimitConfig = Static<typeof RateLimitConfig>

/**
 * Reads the variables named by the schema's keys, coerces them, applies defaults and freezes the result. An empty
 * variable counts as not set. Where the schema has `X_FILE` and it is set, X is what that file holds. Throws CONFIG_INVALID naming every bad variable, and never a value: it may be a secret.
 */
export function loadConfig<T extends TObject>(
  schema: T,
  env: NodeJS.ProcessEnv = process.env,
): Readonly<Static<T>> {
  const config: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(schema.properties)) {
    const text = textOf(schema, env, name)
    const value = text === undefined || text === '' ? defaultOf(property) : coerce(property, text)
    if (value !== undefined) config[name] = value
  }

  const errors = [...unreadable(schema, env), ...faults(schema, config)]
  if (errors.length > 0) {
    const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ')
    throw new ProblemError(CommonErrors.CONFIG_INVALID, { detail, extra: { errors } })
  }
  return Object.freeze(config) as Readonly<Static<T>>
}

function textOf({ properties }: TObject, env: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = `${name}_FILE` in properties ? env[`${name}_FILE`] : undefined
  return file === undefined || file === '' ? env[name] : readSecret(file)
}

/** Variables whose file is named and holds nothing, wanted or not: a Secret that is missing must not go unnoticed. */
function unreadable({ properties }: TObject, env: NodeJS.ProcessEnv) {
  return Object.keys(properties)
    .filter((name) => `${name}_FILE` in properties && (env[`${name}_FILE`] ?? '') !== '')
    .filter((name) => (readSecret(env[`${name}_FILE`] ?? '') ?? '') === '')
    .map((name) => ({ field: `${name}_FILE`, message: 'names a file that cannot be read or is empty' }))
}

function faults(schema: TObject, config: Record<string, unknown>) {
  const found = new Map<string, string>()
  const required = new Set<string>(schema.required)
  for (const [name, property] of Object.entries(schema.properties)) {
    const value = config[name]
    if (value === undefined) {
      if (required.has(name)) found.set(name, 'is not set')
      continue
    }
    const [error] = Value.Errors(property, value)
    if (error !== undefined) found.set(name, error.message)
  }
  return [...found].map(([field, message]) => ({ field, message }))
}

function defaultOf(property: TSchema): unknown {
  return 'default' in property ? property.default : undefined
}

/** Text that does not fit is left as it is, for the check to name it. */
function coerce(property: TSchema, text: string): unknown {
  switch ('type' in property ? property.type : undefined) {
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
    case 'boolean':
      return BOOLEANS.get(text.toLowerCase()) ?? text
    case 'array':
      return text.split(',').map((part) => part.trim())
    default:
      return text
  }
}

const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])
