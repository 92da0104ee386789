import { setTimeout as delay } from 'node:timers/promises'

import { jetstream, type JetStreamClient, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'

import { authenticatorOf, loginOf } from './credentials.ts'
import { MessagingError } from './errors.ts'
import type { Log } from './logger.ts'

export interface Broker {
  nc: NatsConnection
  js: JetStreamClient
  jsm: JetStreamManager
  /** False while the connection is down, so that a caller can be told at once instead of after a time-out. */
  connected: () => boolean
  /** How long the connection has been down; milliseconds, 0 while it is up. */
  downMs: () => number
  /** Calls back whenever the connection is lost or had again, until what is returned is called. */
  onTurn: (callback: (up: boolean) => void) => () => void
  close: () => Promise<void>
}

export interface BrokerOptions {
  /**
   * May carry user and password, or a token: `nats://user:password@host:4222`. A function is asked for them at each
   * reconnect, so that they may change under a running process; the address stays. With `tls://` a server that offers no
   * TLS is refused; with `nats://` TLS is used where the server offers it.
   */
  url: string | (() => string)
  /** Base URL of the server's HTTP monitoring, used to see that it syncs each write. */
  monitorUrl: string
  /** Seen in the server's connection list. */
  name: string
  /** Longest wait for the server at the start; milliseconds, default 30,000. */
  startTimeoutMs?: number
  /** Longest wait for an answer of the server; milliseconds, default 5,000. */
  answerTimeoutMs?: number
  /** Told why a lost connection is refused. */
  logger?: Pick<Log, 'warn'>
}

/**
 * Connects and refuses a broker that acknowledges before it syncs (BROKER_NOT_DURABLE): with JetStream's default of
 * two minutes, a power failure loses what was acknowledged. Throws BROKER_UNREACHABLE when nobody answers in time.
 */
export async function connectBroker(options: BrokerOptions): Promise<Broker> {
  await assertDurable(options.monitorUrl, options.startTimeoutMs ?? 30_000)
  const { url, answerTimeoutMs: timeout = 5_000 } = options
  const current = typeof url === 'string' ? () => url : url
  const { servers } = loginOf(current())
  const nc = await connect({
    servers,
    // The client library takes no notice of the scheme: without this the password would go to a server without TLS.
    ...(servers.startsWith('tls://') ? { tls: {} } : {}),
    authenticator: authenticatorOf(current),
    name: options.name,
    maxReconnectAttempts: -1,
    // A password may be changed at the broker before it is changed here: that is no reason to give up for good.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 200,
    reconnectJitter: 100,
    pingInterval: 5_000,
    maxPingOut: 2,
    timeout,
  })
  const jsm = await jetstreamManager(nc, { checkAPI: false, timeout })
  let downSince: number | undefined
  const callbacks = new Set<(up: boolean) => void>()
  const set = (up: boolean) => {
    downSince = up ? undefined : (downSince ?? performance.now())
    for (const callback of [...callbacks]) callback(up)
  }
  void watch(nc, set, options.logger)
  return {
    nc,
    jsm,
    js: jetstream(nc, { timeout }),
    connected: () => downSince === undefined && !nc.isClosed(),
    downMs: () => (downSince === undefined ? 0 : performance.now() - downSince),
    onTurn: (callback) => {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
    close: () => closeConnection(nc),
  }
}

/** Follows the connection, and says why it is not had again: once for each time that it was lost. */
async function watch(
  nc: NatsConnection,
  set: (up: boolean) => void,
  logger?: Pick<Log, 'warn'>,
): Promise<void> {
  let told = false
  for await (const status of nc.status()) {
    if (status.type === 'disconnect' || status.type === 'close') set(false)
    if (status.type === 'reconnect') {
      set(true)
      told = false
    }
    if (status.type === 'error' && !told) {
      told = true
      logger?.warn({ err: status.error }, 'The broker refuses this connection; it is tried again')
    }
  }
}

/** Drains, but gives up waiting when the server is gone. */
async function closeConnection(nc: NatsConnection): Promise<void> {
  if (nc.isClosed()) return
  await Promise.race([nc.drain(), delay(1_000, undefined, { ref: false })]).catch(() => undefined)
  await nc.close()
}

interface Varz {
  jetstream?: { config?: { sync_always?: boolean; store_dir?: string } }
}

/** Throws BROKER_NOT_DURABLE, BROKER_WITHOUT_JETSTREAM or, after the time given, BROKER_UNREACHABLE. */
export async function assertDurable(monitorUrl: string, timeoutMs: number): Promise<void> {
  const varz = await readVarz(monitorUrl, timeoutMs)
  const config = varz.jetstream?.config
  if (config?.store_dir === undefined) {
    throw new MessagingError(
      'BROKER_WITHOUT_JETSTREAM',
      `The broker at ${monitorUrl} has JetStream off: switch it on`,
    )
  }
  if (config.sync_always !== true) {
    throw new MessagingError(
      'BROKER_NOT_DURABLE',
      `The broker at ${monitorUrl} acknowledges before it syncs: set "sync_interval: always" in its jetstream block`,
    )
  }
}

async function readVarz(monitorUrl: string, timeoutMs: number): Promise<Varz> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    try {
      const answer = await fetch(new URL('/varz', monitorUrl), { signal: AbortSignal.timeout(2_000) })
      return (await answer.json()) as Varz
    } catch (cause) {
      if (Date.now() >= deadline) {
        throw new MessagingError(
          'BROKER_UNREACHABLE',
          `No broker answers at ${monitorUrl}: start it, or set NATS_MONITOR_URL`,
          {
            cause,
          },
        )
      }
      await delay(200)
    }
  }
}
