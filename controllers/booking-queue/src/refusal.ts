import { JetStreamApiError } from '@nats-io/jetstream'

import { type Problem, QueueReason } from './conditions.ts'

/** What the server means by its codes, as far as somebody can do something about it. */
const REASONS = new Map<number, QueueReason>([
  [10_065, QueueReason.subjectsOverlap],
  [10_005, QueueReason.notEnoughServers],
  [10_074, QueueReason.notEnoughServers],
  [10_047, QueueReason.notEnoughStorage],
  [10_023, QueueReason.notEnoughStorage],
  [10_028, QueueReason.notEnoughStorage],
])

/** Codes for a cluster that is not ready: it is asked again. */
const PASSING = new Set([10_008, 10_039, 10_041])

/** Why the server refused a stream; undefined when the failure may pass by itself. */
export function refusalOf(error: unknown, stream: string): Problem | undefined {
  if (!(error instanceof JetStreamApiError)) return undefined
  const known = REASONS.get(error.code)
  if (known === undefined && (error.status >= 500 || PASSING.has(error.code))) return undefined
  return {
    reason: known ?? QueueReason.streamRefused,
    message: `NATS refuses the stream ${stream}: ${error.message}`,
  }
}
