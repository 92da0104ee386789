import { startupMs } from './startup.ts'
import type { Memory, Observed, Reading } from './types.ts'

/** Share of the drain SLO within which what waits should be gone, so that the rest is left for surprises. */
const SHARE = 0.85

/** Least share of it that is left for draining, however slowly workers start. */
const LEAST_SHARE = 0.25

/** With no worker ready nothing drains yet, and how much more will come is unknown: hurry. */
const COLD_HASTE = 2.5

export interface Need {
  /** Workers, not rounded. */
  workers: number
  /** Of those, the ones that only keep up with what arrives. */
  keepUp: number
}

/**
 * How many workers are needed: enough to keep up with what arrives, with some to spare (square-root staffing), and
 * enough to also get what waits done within the drain SLO.
 */
export function needOf(memory: Memory, observed: Observed, reading: Reading): Need {
  const { policy } = observed
  const { rate, serviceRate } = memory
  const busy = rate / serviceRate
  const keepUp = busy + policy.headroom * Math.sqrt(busy)
  const backlog = (reading.depth * 1_000) / drainTimeMs(memory, observed)
  const drain = (rate + backlog) / serviceRate
  return { workers: Math.max(keepUp, reading.depth > 0 ? drain : 0), keepUp }
}

/** The time in which what waits should be dealt with; milliseconds. */
function drainTimeMs(memory: Memory, { policy, workers }: Observed): number {
  const { drainSloMs } = policy
  const left = Math.max(SHARE * drainSloMs - startupMs(memory, policy.startupMs), LEAST_SHARE * drainSloMs)
  return workers.ready === 0 ? left / COLD_HASTE : left
}
