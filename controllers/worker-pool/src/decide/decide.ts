import { sustainedRate } from './arrivals.ts'
import { learn, restart } from './memory.ts'
import { needOf } from './need.ts'
import { withNeed } from './needs.ts'
import { shrink } from './shrink.ts'
import { startupMs } from './startup.ts'
import { roomToStart } from './surge.ts'
import { type Decision, type Memory, type Observed, type Reading, Reason, type Workers } from './types.ts'

/** A queue not heard of for longer than this is unknown; milliseconds. */
export const STALE_AFTER_MS = 10_000

/** A need this little above a whole number of workers is left to the backlog to prove. */
const ROUNDING = 0.15

/** An increase so soon after a decrease shows that the decrease was too early; milliseconds. */
const REGRET_MS = 30_000

/** By how much regrets may stretch the window at most. */
const MOST_PATIENCE = 16

/**
 * How many workers there should be, and what to do for it now. The whole decision without I/O or a clock: everything it
 * depends on is in its arguments, and everything it remembers is in the memory it returns.
 */
export function decide(memory: Memory, observed: Observed): Decision {
  const { now, workers } = observed
  const reading = freshReading(observed)
  const bounds = boundsOf(observed, reading)
  if (reading === undefined) {
    const want = clamp(workers.replicas - workers.draining, bounds)
    const forgotten = restart(memory, observed)
    return settle({ want, reason: Reason.signalsStale, memory: forgotten }, observed)
  }
  const elapsed = now - memory.at
  const gap = elapsed > STALE_AFTER_MS || elapsed < 0
  const learned = learn(gap ? restart(memory, observed) : memory, observed, reading)
  const need = needOf(learned, observed, reading)
  const remembered = remember(learned, need.workers, observed)
  const serving = workers.replicas - workers.draining
  const active = reading.depth > 0 || need.workers > 0.05
  const enough = Math.max(active ? 1 : 0, Math.ceil(need.workers - ROUNDING))
  const raised = clamp(enough, bounds)
  if (raised > serving) {
    const reason = reasonToGrow({ enough, serving, keepUp: need.keepUp }, bounds)
    return settle({ want: raised, reason, memory: regret(remembered, now) }, observed)
  }
  return settle(shrink(remembered, observed, { serving, enough, bounds }), observed)
}

export interface Bounds {
  floor: number
  ceiling: number
  prewarmed: boolean
}

/** What is known of the queue, unless it is too old to act on. */
function freshReading({ reading, now }: Observed): Reading | undefined {
  return reading === undefined || now - reading.freshAt > STALE_AFTER_MS ? undefined : reading
}

/** The least and the most at this moment. The floor wins: it is what somebody asked for. */
function boundsOf({ policy, prewarm }: Observed, reading: Reading | undefined): Bounds {
  const most = Math.min(policy.max, reading?.parallelism ?? policy.max)
  const floor = floorOf({ policy, prewarm })
  return { floor, ceiling: Math.max(most, floor), prewarmed: floor > policy.min }
}

const floorOf = ({ policy, prewarm }: Pick<Observed, 'policy' | 'prewarm'>) =>
  Math.max(policy.min, Math.min(prewarm, policy.max))

const clamp = (workers: number, { floor, ceiling }: Bounds) => Math.min(Math.max(workers, floor), ceiling)

interface Growth {
  enough: number
  serving: number
  keepUp: number
}

function reasonToGrow({ enough, serving, keepUp }: Growth, bounds: Bounds): Reason {
  if (enough < bounds.floor) return bounds.prewarmed ? Reason.prewarm : Reason.floor
  if (enough > bounds.ceiling) return Reason.ceiling
  if (serving === 0) return Reason.fromZero
  return Math.ceil(keepUp - ROUNDING) > serving ? Reason.keepUp : Reason.backlog
}

/** Keeps the needs that the window looks back on, at its most patient. */
function remember(memory: Memory, need: number, { now, policy }: Observed): Memory {
  const from = now - policy.windowMs * memory.patience
  return { ...memory, needs: withNeed(memory.needs, { at: now, need }, from) }
}

/** Taking workers away and asking for them back at once: look back further from now on. */
function regret(memory: Memory, now: number): Memory {
  const soon = memory.downAt !== undefined && now - memory.downAt < REGRET_MS
  const patience = soon ? Math.min(MOST_PATIENCE, memory.patience * 2) : memory.patience
  return { ...memory, upAt: now, downAt: undefined, patience }
}

type Verdict = Pick<Decision, 'want' | 'reason' | 'memory'>

/** Turns how many should serve into what to ask for now, given who is draining. */
function settle({ want, reason, memory }: Verdict, observed: Observed): Decision {
  const { workers, policy } = observed
  const { replicas, draining, drained } = workers
  const serving = replicas - draining
  const starting = startingOf(workers)
  const decision = { want, reason, memory, inputs: inputsOf(memory, observed) }
  // Those that have finished go first. While others start they would go in their place, as unready ones always do.
  if (drained > 0 && starting === 0 && mayShrink(observed)) {
    return { ...decision, replicas: Math.max(replicas - drained, policy.min), drain: 0 }
  }
  if (want >= serving) {
    if (isHeldUp(want, workers)) return { ...decision, replicas, drain: 0 }
    const wanted = Math.min(want + draining, policy.max)
    const soon = replicas + roomToStart(memory, observed, want)
    // The floor is what somebody asked for: at once.
    return {
      ...decision,
      replicas: Math.max(replicas, Math.min(wanted, Math.max(soon, floorOf(observed)))),
      drain: 0,
    }
  }
  // Kubernetes takes unready ones first: while one of them is at work it must be asked to finish.
  const unready = workers.up > workers.ready ? 0 : Math.min(starting, serving - want)
  return { ...decision, replicas: replicas - unready, drain: serving - want - unready }
}

/** Were more asked for now, Kubernetes would keep those that are about to go, which work no more. */
export const isHeldUp = (want: number, { replicas, draining, leaving }: Workers): boolean =>
  leaving > 0 && want > replicas - draining

/** Workers asked for that are not ready; they have no work to finish. */
const startingOf = ({ replicas, draining, ready }: Workers) => Math.max(0, replicas - draining - ready)

/** Nobody is taken away on ignorance, in the middle of a rollout, or against a disruption budget. */
function mayShrink(observed: Observed): boolean {
  const { workers } = observed
  return (
    freshReading(observed) !== undefined &&
    !workers.rollout &&
    !workers.settling &&
    workers.disruptionsAllowed !== 0
  )
}

function inputsOf(memory: Memory, { now, reading, workers, policy }: Observed): Decision['inputs'] {
  const oldest = reading?.oldestAgeMs
  return {
    depth: reading?.depth ?? 0,
    ...(oldest === undefined ? {} : { oldestAgeSeconds: oldest / 1_000 }),
    arrivalRate: sustainedRate(reading?.recent ?? []),
    arrivalRateSlow: memory.rate,
    serviceRate: memory.serviceRate,
    startupSeconds: startupMs(memory, policy.startupMs) / 1_000,
    ready: workers.ready,
    starting: startingOf(workers),
    inflight: reading?.inflight ?? 0,
    draining: workers.draining,
    signalAgeSeconds: reading === undefined ? 0 : Math.max(0, now - reading.freshAt) / 1_000,
  }
}
