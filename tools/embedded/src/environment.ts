import type { Provisioned } from '@medqueue/database'

import type { PlatformUrls } from './layout.ts'
import type { Secrets } from './secrets.ts'

/** Where a service is: whom it can reach at which URL, and what it must keep to itself. */
export interface Surroundings {
  urls: PlatformUrls
  /** By service. */
  databases: Readonly<Record<string, Provisioned>>
  secrets: Secrets
}

/** What a service and its seed are told of their platform, on one machine and in containers alike. */
export function platformEnvironment(service: string, surroundings: Surroundings): Record<string, string> {
  const { urls, databases } = surroundings
  const database = databases[service]
  return {
    ISSUER: urls.issuer,
    JWKS_URL: urls.jwks,
    TOKEN_AUDIENCE: 'medqueue',
    SUBJECT_PREFIX: '',
    NATS_URL: urls.nats,
    NATS_MONITOR_URL: urls.natsMonitor,
    REDIS_URL: urls.redis,
    ...(database === undefined ? {} : { DATABASE_URL: database.appUrl }),
    ...own(service, surroundings),
  }
}

function own(service: string, { urls, secrets }: Surroundings): Record<string, string> {
  if (service === 'gateway') {
    return {
      UPSTREAM_IDENTITY: urls.identity,
      UPSTREAM_DIRECTORY: urls.directory,
      UPSTREAM_SCHEDULING: urls.scheduling,
      UPSTREAM_BOOKING: urls.booking.join(','),
      UPSTREAM_REALTIME: urls.realtime,
    }
  }
  if (service === 'booking') {
    return { WAITING_ROOM_MODE: 'manual', WAITING_ROOM_KEYS: secrets.get('booking.waitingRoom', 'base64') }
  }
  if (service === 'realtime') {
    return { TRUSTED_ORIGINS: [urls.gateway, urls.gateway.replace('127.0.0.1', 'localhost')].join(',') }
  }
  if (service === 'identity') {
    return {
      KEY_ENCRYPTION_KEY: secrets.get('identity.keyEncryption', 'base64'),
      WEB_REDIRECT_URIS: `${urls.gateway}/callback`,
      WEB_LOGOUT_URIS: `${urls.gateway}/`,
      SERVICE_CLIENTS: JSON.stringify([
        { id: 'load-tests', secret: secrets.get('client.loadTests', 'base64url') },
      ]),
    }
  }
  return {}
}
