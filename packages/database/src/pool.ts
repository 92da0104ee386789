import pg from 'pg'

import { PoolWaits } from './waits.ts'

export interface PoolOptions {
  /** A function is asked for each new connection, so that a password may change under a running process. */
  url: string | (() => string)
  /** Most connections held. */
  max: number
  /** Seen in pg_stat_activity. */
  name: string
  /** Longest a statement may run; milliseconds, default 10,000. */
  statementTimeoutMs?: number
  /**
   * Longest a transaction may stand still before the server ends it, so that a paused process does not hold its locks;
   * milliseconds, default 30,000.
   */
  idleInTransactionTimeoutMs?: number
  /** Server settings of every session, such as `plan_cache_mode`. Names and values without spaces. */
  settings?: Readonly<Record<string, string>>
}

/** Longest way of an answer, beyond the time the statement may take. */
const ANSWER_MS = 2_000

type OnConnected = Parameters<pg.Pool['connect']>[0]

/** A pool that knows how long it lets wait for a connection. Every query takes one by `connect`. */
export class WatchedPool extends pg.Pool {
  readonly waits = new PoolWaits(() => performance.now())

  override connect(): Promise<pg.PoolClient>
  override connect(callback: OnConnected): void
  override connect(callback?: OnConnected): Promise<pg.PoolClient> | undefined {
    const ended = this.waits.begin()
    if (callback === undefined) return super.connect().finally(ended)
    super.connect((error, client, release) => {
      ended()
      callback(error, client, release)
    })
    return undefined
  }
}

/**
 * A pool of connections. An idle connection that breaks is dropped in silence: the next query makes a new one, and
 * says what is wrong if it cannot.
 */
export function createPool(options: PoolOptions): WatchedPool {
  const { url, max, name, statementTimeoutMs = 10_000, idleInTransactionTimeoutMs = 30_000 } = options
  const current = typeof url === 'string' ? () => url : url
  const pool = new WatchedPool({
    Client: clientOf(current),
    // Not for connecting, which asks the URL, but for whoever wants to know which database this pool is of.
    database: databaseOf(current()),
    max,
    application_name: name,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    // The server ends what takes too long; a server that is gone without a word ends nothing.
    query_timeout: statementTimeoutMs + ANSWER_MS,
    idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
    ...(options.settings === undefined ? {} : { options: settingsText(options.settings) }),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  })
  pool.on('error', () => undefined)
  pool.on('connect', outliveErrors)
  return pool
}

/**
 * Keeps the end of a connection from ending the process: the driver throws it when nobody listens, as happens to a
 * connection that breaks in the moment it is handed from one to the next. Its next query tells what was wrong.
 */
export function outliveErrors<T extends pg.ClientBase>(client: T): T {
  client.on('error', () => undefined)
  return client
}

/** Connections that each ask where to, and as whom. */
function clientOf(current: () => string): new (config?: pg.ClientConfig) => pg.Client {
  return class extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super({ ...config, connectionString: current() })
    }
  }
}

/** Undefined where the URL names none; what is no URL is told when a connection is made. */
function databaseOf(url: string): string | undefined {
  const name = URL.parse(url)?.pathname.slice(1)
  return name === '' ? undefined : name
}

const settingsText = (settings: Readonly<Record<string, string>>) =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
