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
  '28P01', // invalid_password: changed at the server, and not here yet
  '25006', // read_only_sql_transaction: a primary that has become a replica
])

/** Our own mistake, though its class is that of connections. */
const PROTOCOL_VIOLATION = '08P01'

/** No answer at all within the pool's limit: the server's host may be gone without a word. */
const QUERY_TIMED_OUT = 'Query read timeout'

/** True when the connection has said nothing for so long that nothing more is to be expected of it. */
export const isSilent = (error: unknown): boolean =>
  error instanceof Error && error.message.includes(QUERY_TIMED_OUT)

/** Messages of errors that `pg` raises without a code. */
const UNAVAILABLE_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Cannot use a pool after calling end',
  QUERY_TIMED_OUT,
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

/** SQLSTATE classes that blame what was written: data exception, integrity constraint, and what our own rules raise. */
const DATA_CLASSES = new Set(['22', '23', 'P0'])

/**
 * True when the database blames the data, so that the same write can never succeed. All else (a full disk, a statement
 * that took too long, a schema or a grant that is not there yet) passes, or is put right by somebody: try again.
 */
export function isDataError(error: unknown): boolean {
  const code = errorCode(error)
  return isSqlState(code) && DATA_CLASSES.has(code.slice(0, 2))
}

/** True for a code that PostgreSQL gave, as opposed to one of the system or of ours. */
export function isSqlState(code: string | undefined): code is string {
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code)
}
