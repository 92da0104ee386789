import type { PlatformUrls } from '@medqueue/embedded'

/** Every process of ours listens here: in a container each has an address of its own. */
export const PORT = 8080

/** Where people reach the platform: the only port that is published, on loopback. */
export const PUBLISHED = '127.0.0.1:${MEDQUEUE_PORT:-8080}'

const http = (name: string, port = PORT) => `http://${name}:${port}`

/** Who is where, as the containers see it. What is in braces is filled in by Compose. */
export function composeUrls(redisPassword: string): PlatformUrls {
  const gateway = `http://${PUBLISHED}`
  return {
    gateway,
    identity: http('identity'),
    directory: http('directory'),
    scheduling: http('scheduling'),
    booking: [http('booking-api')],
    realtime: http('realtime'),
    nats: 'nats://nats:4222',
    natsMonitor: http('nats', 8222),
    redis: `redis://:${redisPassword}@redis:6379`,
    issuer: `${gateway}/oidc`,
    jwks: `${http('identity')}/oidc/jwks`,
  }
}
