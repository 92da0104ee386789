/** Codes of errors that mean "not now": system errors, SQLSTATEs and undici's. */
const CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '28P01', // invalid_password: changed at the server, and not here yet
  '25006', // read_only_sql_transaction: a primary that has become a replica
  '40001', // serialization_failure that outlived its retries
  '40P01', // deadlock_detected that outlived its retries
  '55P03', // lock_not_available
  '57014', // query_canceled: the statement took too long
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
])

/** Class names of errors of the NATS, Redis and fetch clients, which carry no code. */
const NAMES = new Set([
  'ClosedConnectionError',
  'DrainingConnectionError',
  'ConnectionError',
  'NoResponders',
  'TimeoutError',
  'JetStreamNotEnabled',
  'ClientClosedError',
  'ClientOfflineError',
  'ConnectionTimeoutError',
  'DisconnectsClientError',
  'SocketClosedUnexpectedlyError',
  'SocketTimeoutError',
  'CommandTimeoutDuringMaintenanceError',
])

/** `pg` raises these without a code or a class of their own. */
const MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Cannot use a pool after calling end',
  'Query read timeout',
]

const MAX_CAUSES = 5

/**
 * True when an error, or one of its causes, says that the database, the broker or another server cannot be reached
 * now: the answer is 503 with Retry-After, and nothing is wrong with the request.
 */
export function isDependencyDown(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return false
  // The Redis client gives its errors classes but leaves their name at `Error`.
  if (hasCode(error) || NAMES.has(error.name) || NAMES.has(error.constructor.name)) return true
  if (MESSAGES.some((text) => error.message.startsWith(text))) return true
  if (error instanceof AggregateError && error.errors.some((part) => isDependencyDown(part, depth + 1)))
    return true
  return isDependencyDown(error.cause, depth + 1)
}

function hasCode(error: Error): boolean {
  const code: unknown = 'code' in error ? error.code : undefined
  // 08: connection exceptions; 53: insufficient resources, such as too many connections.
  if (typeof code === 'string') return CODES.has(code) || /^(08|53)(?!P01)[0-9A-Z]{3}$/.test(code)
  // JetStream answers 5xx when a stream is full, has lost its leader or its storage.
  return error.name === 'JetStreamApiError' && 'status' in error && Number(error.status) >= 500
}
