import { ApiError, messageOf } from '../errors.ts'
import { isRecord } from '../json.ts'

/** Seconds or an HTTP date (RFC 9110, 10.2.3) to milliseconds from `now`; undefined when it is neither. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined || value.trim() === '') return undefined
  if (/^\d+$/.test(value.trim())) return Number(value) * 1_000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** What the API server says in a Status object, as far as it is one. */
export function readStatus(body: unknown) {
  if (!isRecord(body)) return {}
  const details = isRecord(body.details) ? body.details : {}
  const seconds = details.retryAfterSeconds
  return {
    ...(typeof body.code === 'number' && { status: body.code }),
    ...(typeof body.reason === 'string' && { reason: body.reason }),
    ...(typeof body.message === 'string' && { message: body.message }),
    ...(typeof seconds === 'number' && seconds > 0 && { retryAfterMs: seconds * 1_000 }),
  }
}

export interface Refusal {
  status: number
  /** The header's value. */
  retryAfter: string | undefined
  text: string
  /** What was asked for, such as `get Pool prod/booking`. */
  what: string
  now: number
}

/** An answer with a status of 300 or more, as an error. */
export function errorFromResponse({ status, retryAfter, text, what, now }: Refusal): ApiError {
  const said = readStatus(parseOrUndefined(text))
  const message = said.message ?? (text.slice(0, 200).trim() || 'no explanation')
  const retryAfterMs = parseRetryAfter(retryAfter, now) ?? said.retryAfterMs
  return new ApiError({
    code: 'OPERATOR_API',
    message: `${what} was refused with ${status}: ${message}`,
    status,
    reason: said.reason,
    retryAfterMs,
  })
}

/** An ERROR event inside a watch, as an error. */
export function errorFromEvent(object: unknown, what: string): ApiError {
  const { status = 500, reason, message = 'no explanation', retryAfterMs } = readStatus(object)
  const text = `${what} was ended with ${status}: ${message}`
  return new ApiError({ code: 'OPERATOR_API', message: text, status, reason, retryAfterMs })
}

/** No answer at all: refused, reset, no such host, or broken off half-way. */
export function errorFromNetwork(cause: unknown, what: string): ApiError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const code = isRecord(inner) && typeof inner.code === 'string' ? `${inner.code}: ` : ''
  const message = `${what} got no answer: ${code}${messageOf(inner)}`
  return new ApiError({ code: 'OPERATOR_UNREACHABLE', message }, { cause })
}

export function errorFromBadBody(what: string, detail: string): ApiError {
  return new ApiError({ code: 'OPERATOR_BAD_RESPONSE', message: `${what} got a malformed answer: ${detail}` })
}

export function errorFromTimeout(what: string, ms: number): ApiError {
  return new ApiError({ code: 'OPERATOR_TIMEOUT', message: `${what} had no answer within ${ms} ms` })
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
