import { ApiError } from '../errors.ts'
import { nothing } from '../signals.ts'
import type { Clock } from '../types/clock.ts'
import { errorFromBadBody, errorFromNetwork, errorFromResponse } from './api-errors.ts'
import { readText } from './body.ts'
import { withDeadline } from './deadline.ts'
import type { ApiRequest, ApiResponse, Transport } from './transport.ts'

/** What every call of one client shares. */
export interface Wire {
  readonly transport: Transport
  readonly clock: Clock
}

export interface Call extends Omit<ApiRequest, 'signal'> {
  /** For messages, such as `get Pool prod/booking`. */
  what: string
  timeoutMs: number
  signal?: AbortSignal | undefined
  /** The time is one without progress, not one for the whole answer. */
  untilSilent?: boolean
}

/** Sends and turns a missing or refusing answer into an {@link ApiError}; an abort keeps the signal's reason. */
export async function send(wire: Wire, request: ApiRequest, what: string): Promise<ApiResponse> {
  const response = await wire.transport(request).catch((error: unknown) => {
    throw request.signal.aborted || error instanceof ApiError ? error : errorFromNetwork(error, what)
  })
  if (response.status < 300) return response
  const text = await readText(response.body, nothing).catch(() => '')
  const { status, headers } = response
  throw errorFromResponse({ status, retryAfter: headers['retry-after'], text, what, now: wire.clock.now() })
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw errorFromBadBody(what, `${text.length} characters that are not JSON`)
  }
}

/** One request and its parsed answer. @throws ApiError, or the reason of the signal given. */
export async function callApi(wire: Wire, call: Call): Promise<unknown> {
  const { what, timeoutMs, signal: caller, untilSilent, ...request } = call
  const deadline = { clock: wire.clock, ms: timeoutMs, signal: caller, what }
  const text = await withDeadline(deadline, async (signal, progress) => {
    const response = await send(wire, { ...request, signal }, what)
    return readText(response.body, untilSilent === true ? progress : nothing).catch((error: unknown) => {
      throw signal.aborted ? error : errorFromNetwork(error, what)
    })
  })
  return parse(text, what)
}
