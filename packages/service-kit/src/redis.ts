import type { Logger } from 'pino'
import { createClient, type RedisClientType } from 'redis'

/** A service starts after at most this long, Redis or not. */
const FIRST_CONNECT_MS = 1_000
const MAX_RETRY_MS = 2_000
/** A Redis that hangs is found out by its silence: the client's own time limit ends when a command has been sent. */
const PING_MS = 1_000
const SILENCE_MS = 3_000

/**
 * Connects to Redis and keeps reconnecting in the background. Never throws when Redis is down: commands then fail at
 * once (nothing queues up in memory), and `isReady` says so. When it hangs they fail within some seconds. Given a function,
 * it asks for user and password whenever it connects; host and port stay. The caller closes it.
 */
export async function connectRedis(
  url: string | (() => string),
  logger: Pick<Logger, 'info' | 'warn'>,
): Promise<RedisClientType> {
  const current = typeof url === 'string' ? () => url : url
  const client = createClient({
    url: withoutLogin(current()),
    credentialsProvider: {
      type: 'async-credentials-provider',
      credentials: async () => loginOf(current()),
    },
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: 2_000,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (retries) =>
        Math.min(50 * 2 ** Math.min(retries, 6), MAX_RETRY_MS) * (0.75 + Math.random() / 2),
    },
  })
  let down = false
  client.on('error', (error: unknown) => {
    if (!down) logger.warn({ err: error }, 'redis is away')
    down = true
  })
  client.on('ready', () => {
    if (down) logger.info({}, 'redis is back')
    down = false
  })

  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, FIRST_CONNECT_MS)))
  // With a reconnect strategy that never gives up, connecting ends only in success or in `destroy`.
  const connecting = client.connect().then(
    () => undefined,
    () => undefined,
  )
  await Promise.race([connecting, patience])
  clearTimeout(timer)
  return client
}

function withoutLogin(url: string): string {
  const parts = new URL(url)
  parts.username = ''
  parts.password = ''
  return parts.href
}

function loginOf(url: string): { username?: string; password?: string } {
  const { username, password } = new URL(url)
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  }
}
