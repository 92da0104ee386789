import { ProblemError } from '@medqueue/service-kit'
import { isBrokenCircuitError } from 'cockatiel'

import { failureOf } from '../domain/failure.ts'
import { GatewayErrors } from '../errors.ts'

/** Every replica's breaker is open. */
export function upstreamDown(retryAfter: number, cause?: unknown): ProblemError {
  return new ProblemError(GatewayErrors.GATEWAY_UPSTREAM_DOWN, {
    headers: { 'retry-after': String(retryAfter) },
    cause,
  })
}

/** What the client is told of a call that failed. */
export function problemOf(error: unknown, retryAfter: number): ProblemError {
  if (isBrokenCircuitError(error)) return upstreamDown(retryAfter, error)
  switch (failureOf(error)) {
    case 'unreachable':
      return upstreamDown(retryAfter, error)
    case 'late':
      return new ProblemError(GatewayErrors.GATEWAY_UPSTREAM_LATE, {
        headers: { 'retry-after': '2' },
        cause: error,
      })
    default:
      return new ProblemError(GatewayErrors.GATEWAY_UPSTREAM_LOST, {
        headers: { 'retry-after': '1' },
        cause: error,
      })
  }
}
