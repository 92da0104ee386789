import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'

import {
  BrokerConfig,
  CommonErrors,
  DatabaseConfig,
  HttpConfig,
  loadConfig,
  ProblemError,
  RateLimitConfig,
  RedisConfig,
  StreamConfig,
  TokenConfig,
} from '@medqueue/service-kit'

/** A program that logs in with its own secret. */
export const ServiceClient = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]{2,63}$' }),
    secret: Type.String({ pattern: '^[A-Za-z0-9_-]{32,128}$' }),
  },
  { additionalProperties: false },
)
export type ServiceClient = Static<typeof ServiceClient>

const Uris = Type.Array(Type.String({ pattern: '^https?://[^\\s#]+$' }), { minItems: 1, maxItems: 20 })

export const Config = Type.Object({
  ...HttpConfig.properties,
  ...TokenConfig.properties,
  ...DatabaseConfig.properties,
  ...BrokerConfig.properties,
  ...StreamConfig.properties,
  ...Type.Partial(RedisConfig).properties,
  ...RateLimitConfig.properties,
  /** 32 bytes in base64: encrypts the signing keys at rest and signs cookies. The same on every replica. */
  KEY_ENCRYPTION_KEY: Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' }),
  /** Where the web app's log-in may return to; exact URLs, comma-separated. */
  WEB_REDIRECT_URIS: { ...Uris, default: ['http://127.0.0.1:8080/callback'] },
  /** Where the web app's log-out may return to. */
  WEB_LOGOUT_URIS: { ...Uris, default: ['http://127.0.0.1:8080/'] },
  /** JSON array of {"id","secret"}: programs with the role `service`. */
  SERVICE_CLIENTS: Type.String({ default: '[]', maxLength: 20_000 }),
  ACCESS_TOKEN_SECONDS: Type.Integer({ default: 900, minimum: 30, maximum: 900 }),
  /** How long one log-in lasts at most, however often it is refreshed. */
  SESSION_DAYS: Type.Integer({ default: 14, minimum: 1, maximum: 90 }),
  KEY_ROTATION_DAYS: Type.Integer({ default: 30, minimum: 1, maximum: 366 }),
  /** How long a new key is published before it signs; longer than any service caches the key set. */
  KEY_LEAD_SECONDS: Type.Integer({ default: 900, minimum: 1, maximum: 86_400 }),
  /** How often a replica looks for keys that another has made. */
  KEY_POLL_SECONDS: Type.Integer({ default: 30, minimum: 1, maximum: 600 }),
  /** Password hashes at work at once, and waiting. */
  PASSWORD_CONCURRENCY: Type.Integer({ default: 2, minimum: 1, maximum: 64 }),
  PASSWORD_QUEUE: Type.Integer({ default: 64, minimum: 0, maximum: 10_000 }),
  /** Sign-ups a minute from one address. */
  SIGN_UPS_PER_MINUTE: Type.Integer({ default: 10, minimum: 0 }),
})

export type Config = Readonly<Static<typeof Config>> & { readonly serviceClients: readonly ServiceClient[] }

const ServiceClients = Type.Array(ServiceClient, { maxItems: 100 })

/** The environment as one frozen object. Throws CONFIG_INVALID naming every bad variable, never a value. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const config = loadConfig(Config, env)
  return Object.freeze({ ...config, serviceClients: parseClients(config.SERVICE_CLIENTS) })
}

function parseClients(text: string): readonly ServiceClient[] {
  const detail =
    'SERVICE_CLIENTS must be a JSON array of {"id","secret"}; a secret has 32 to 128 base64url characters'
  let clients: unknown
  try {
    clients = JSON.parse(text)
  } catch {
    // The parser's message would quote the secrets.
    throw new ProblemError(CommonErrors.CONFIG_INVALID, { detail, field: 'SERVICE_CLIENTS' })
  }
  if (!Value.Check(ServiceClients, clients)) {
    throw new ProblemError(CommonErrors.CONFIG_INVALID, { detail, field: 'SERVICE_CLIENTS' })
  }
  return Object.freeze(clients)
}
