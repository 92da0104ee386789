/**
 * How a call to an upstream failed.
 *
 * - `unreachable`: no connection was made, so nothing was sent.
 * - `lost`: the connection broke before the answer; the upstream may have acted.
 * - `late`: no answer in time; the upstream may still act.
 * - `gone`: our client went away; says nothing of the upstream.
 */
export type Failure = 'unreachable' | 'lost' | 'late' | 'gone'

const UNREACHABLE = new Set([
  ...['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL'],
  ...['UND_ERR_CONNECT_TIMEOUT'],
])
const LATE = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return 'lost'
  if (error.name === 'AbortError') return 'gone'
  const code = 'code' in error ? String(error.code) : ''
  // Several addresses of one name were tried, and each failed.
  if (error instanceof AggregateError && code === '') return failureOf(error.errors[0])
  if (UNREACHABLE.has(code)) return 'unreachable'
  return LATE.has(code) ? 'late' : 'lost'
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether one more try may be made. Reading again harms nobody, except a slow upstream. Writing again is allowed only
 * when nothing was sent and the caller has said, with an Idempotency-Key, that twice is once.
 */
export function mayTryAgain(failure: Failure, method: string, hasIdempotencyKey: boolean): boolean {
  if (failure === 'gone' || failure === 'late') return false
  if (SAFE.has(method)) return true
  return failure === 'unreachable' && hasIdempotencyKey
}
