import type { Dispatcher } from 'undici'

import { isBrokenCircuitError } from 'cockatiel'

import { failureOf, mayTryAgain } from '../domain/failure.ts'
import type { Headers } from '../domain/headers.ts'
import type { Replica } from '../upstreams/replica.ts'
import type { Upstream } from '../upstreams/upstream.ts'
import { problemOf, upstreamDown } from './problems.ts'

export interface ForwardRequest {
  method: string
  /** Path and query. */
  path: string
  headers: Headers
  body: Buffer | undefined
  /** Aborted when the client goes away. */
  signal: AbortSignal
}

/**
 * Sends a request to the next healthy replica, at most twice. Throws GATEWAY_UPSTREAM_DOWN, _LOST or _LATE. Which
 * requests are sent twice is told by {@link mayTryAgain}; the second time goes to another replica when there is one.
 */
export async function forward(upstream: Upstream, request: ForwardRequest): Promise<Dispatcher.ResponseData> {
  const first = upstream.pick()
  if (first === undefined) throw upstreamDown(upstream.retryAfter())
  try {
    return await send(first, request)
  } catch (error) {
    const second = secondChoice(upstream, first, request, error)
    if (second === undefined) throw problemOf(error, upstream.retryAfter())
    return sendLast(upstream, second, request)
  }
}

async function sendLast(
  upstream: Upstream,
  replica: Replica,
  request: ForwardRequest,
): Promise<Dispatcher.ResponseData> {
  try {
    return await send(replica, request)
  } catch (error) {
    throw problemOf(error, upstream.retryAfter())
  }
}

function secondChoice(
  upstream: Upstream,
  first: Replica,
  request: ForwardRequest,
  error: unknown,
): Replica | undefined {
  const failure = isBrokenCircuitError(error) ? 'unreachable' : failureOf(error)
  if (!mayTryAgain(failure, request.method, 'idempotency-key' in request.headers)) return undefined
  const second = upstream.pick(first)
  // Nobody answers at this address: asking the same one again at once is in vain.
  return second === first && failure === 'unreachable' ? undefined : second
}

async function send(
  replica: Replica,
  { method, path, headers, body, signal }: ForwardRequest,
): Promise<Dispatcher.ResponseData> {
  return replica.request({
    origin: replica.origin,
    method,
    path,
    headers,
    signal,
    ...(body === undefined ? {} : { body }),
  })
}
