import { arrivalRate } from './rate.ts'
import { serviceRate } from './service.ts'
import { type StartupEstimate, startups } from './startup.ts'
import { startingNow } from './surge.ts'
import type { Memory, Observed, Policy, Reading } from './types.ts'

/** What a pool knows before its first reading. A measured service rate of earlier days may be handed on. */
export function freshMemory(now: number, policy: Policy, knownServiceRate = policy.serviceRate): Memory {
  return {
    since: now,
    at: now,
    arrivals: 0,
    served: 0,
    worked: undefined,
    depth: 0,
    rate: 0,
    serviceRate: knownServiceRate,
    serviceSeconds: 0,
    flow: { requests: 0, seconds: 0 },
    asked: [],
    startups: [],
    replicas: 0,
    ready: 0,
    readySince: now,
    crowdedSince: undefined,
    needs: [],
    busyAt: now,
    downAt: undefined,
    upAt: undefined,
    patience: 1,
  }
}

/** Forgets what a gap in the readings has made worthless, and keeps what was measured. */
export function restart(memory: Memory, { now, workers, reading }: Observed): Memory {
  return {
    ...memory,
    since: now,
    at: now,
    arrivals: reading?.arrivals ?? 0,
    served: reading?.served ?? 0,
    worked: reading?.worked,
    depth: reading?.depth ?? 0,
    rate: 0,
    flow: { requests: 0, seconds: 0 },
    asked: [],
    replicas: workers.replicas,
    ready: workers.ready,
    readySince: now,
    crowdedSince: undefined,
    needs: [],
    busyAt: now,
    ...past(memory, now),
  }
}

/** A clock that was set back makes what has been done seem yet to come. */
const past = ({ downAt, upAt }: Memory, now: number) => ({
  downAt: downAt !== undefined && downAt > now ? undefined : downAt,
  upAt: upAt !== undefined && upAt > now ? undefined : upAt,
})

/** Workers tell of their work so often; milliseconds. What they tell just after a start was done beside it. */
const TOLD_WITHIN_MS = 1_000

/**
 * When workers start beside those at work for longer than this without a pause, that is how things are: where a large pool
 * grows all the time, a slow-down of all of them must be learned meanwhile. Milliseconds.
 */
const LONGEST_CROWD_MS = 8_000

/** Since when there has been a worker that starts, or has just started, at every moment. */
function sinceOf({ crowdedSince }: Memory, starts: StartupEstimate, observed: Observed): number | undefined {
  const { now } = observed
  const crowded = startingNow(starts, observed) > 0 || now - starts.readySince < TOLD_WITHIN_MS
  return crowded ? (crowdedSince ?? now) : undefined
}

/** The memory with what the reading tells. Pure: the same inputs give the same memory. */
export function learn(memory: Memory, observed: Observed, reading: Reading): Memory {
  const { now } = observed
  const arrived = Math.max(0, reading.arrivals - memory.arrivals)
  const busy = arrived > 0 || reading.depth > 0 || reading.inflight > 0
  const starts = startups(memory, observed)
  const crowdedSince = sinceOf(memory, starts, observed)
  const crowded = crowdedSince !== undefined && now - crowdedSince < LONGEST_CROWD_MS
  return {
    ...memory,
    ...starts,
    crowdedSince,
    ...serviceRate(memory, reading, { ...observed, crowded }),
    rate: arrivalRate({
      rate: memory.rate,
      arrived,
      elapsedMs: now - memory.at,
      recent: reading.recent,
    }),
    at: now,
    arrivals: reading.arrivals,
    served: reading.served,
    worked: reading.worked,
    depth: reading.depth,
    busyAt: busy ? now : memory.busyAt,
  }
}
