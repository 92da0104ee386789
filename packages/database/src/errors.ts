/** What can go wrong here, each with a code that says what to do next. */
export class DatabaseError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DatabaseError'
    this.code = code
  }
}

/** SQLSTATE of an error from PostgreSQL, or the system code of a failed connection, or undefined. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

const UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT', // Unix socket of a server that is gone.
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '53300', // too_many_connections
  '25006', // read_only_sql_transaction: a primary that has become a replica
])

/** Our own mistake, though its class is that of connections. */
const PROTOCOL_VIOLATION = '08P01'

/** Messages of errors that `pg` raises without a code. */
const UNAVAILABLE_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Cannot use a pool after calling end',
]

/** True when the database cannot be reached now, so the caller should answer 503 and a worker should try again. */
export function isUnavailable(error: unknown): boolean {
  const code = errorCode(error)
  if (code !== undefined && (UNAVAILABLE.has(code) || (code.startsWith('08') && code !== PROTOCOL_VIOLATION)))
    return true
  return error instanceof Error && UNAVAILABLE_MESSAGES.some((text) => error.message.includes(text))
}

/** True for serialization failures and deadlocks: the whole transaction may be run again. */
export function isRetryable(error: unknown): boolean {
  const code = errorCode(error)
  return code === '40001' || code === '40P01'
}
