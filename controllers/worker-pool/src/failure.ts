import { ApiError, isConflict, LeadershipLostError, messageOf, type Phase } from '@medqueue/operator-kit'

import { PoolReason } from './conditions.ts'

/** Refusals that pass by themselves: too slow, too many. */
const PASSING = new Set([408, 429])

/** The API server has said no, and will again until somebody changes something, such as a right or a policy. */
const isRefusal = (error: unknown) =>
  error instanceof ApiError && error.status >= 400 && error.status < 500 && !PASSING.has(error.status)

/**
 * What is told when what was decided could not be done. Undefined for what the next look puts right, as it reads anew, and
 * for a process that leads no more, as another one tells.
 */
export function failureOf(error: unknown): Phase | undefined {
  if (isConflict(error) || error instanceof LeadershipLostError) return undefined
  const why = messageOf(error)
  if (isRefusal(error)) {
    const message = `The workers may not be changed: ${why}`
    return { phase: 'reconciling', ready: 'False', reason: PoolReason.applyRefused, message }
  }
  const message = `The workers could not be changed; that is tried again: ${why}`
  return { phase: 'reconciling', ready: 'Unknown', reason: PoolReason.applyFailed, message }
}
