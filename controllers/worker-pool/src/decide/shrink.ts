import type { Bounds } from './decide.ts'
import { largestNeed } from './needs.ts'
import { type Decision, type Memory, type Observed, Reason } from './types.ts'

/** Share of the workers to keep above the need when some are taken away, so that noise does not bring them back. */
const SLACK = 0.03

/** No worker goes while emptying the queue would take longer than this share of the drain SLO. */
const BACKLOG_SHARE = 0.05

/** A decrease that stays right for so long makes the window shorter again; milliseconds. */
const CALM_MS = 60_000

export interface Surplus {
  /** Workers that exist and are not draining. */
  serving: number
  /** How many are enough at this moment, whatever the bounds say. */
  enough: number
  bounds: Bounds
}

type Verdict = Pick<Decision, 'want' | 'reason' | 'memory'>

/** Whether fewer workers will do: only when they would have done for the whole window, and one step at a time. */
export function shrink(memory: Memory, observed: Observed, surplus: Surplus): Verdict {
  const { serving, bounds } = surplus
  const hold = (reason: Reason): Verdict => ({ want: serving, reason, memory })
  // The spec was changed, or the queue has fewer partitions: no need to wait for the window.
  if (serving > bounds.ceiling) return { want: bounds.ceiling, reason: Reason.ceiling, memory }
  const target = Math.max(bounds.floor, targetOf(memory, observed, surplus))
  if (target >= serving) return hold(standing(surplus, memory, observed))
  const obstacle = obstacleOf(memory, observed, surplus)
  if (obstacle !== undefined) return hold(obstacle)
  const step = Math.max(1, Math.floor((serving * observed.policy.stepPercent) / 100))
  return {
    want: Math.max(target, serving - step),
    reason: target === 0 ? Reason.idle : Reason.surplus,
    memory: shrunk(memory, observed.now),
  }
}

/** The fewest that would have been enough at every moment of the window. */
function targetOf(memory: Memory, { now, policy }: Observed, { enough, serving }: Surplus): number {
  const idle = now - memory.busyAt >= policy.idleAfterMs
  const most = largestNeed(memory.needs)
  const target = Math.max(enough, most < 0.05 ? 0 : Math.ceil(most + SLACK * serving))
  return idle ? target : Math.max(1, target)
}

function obstacleOf(memory: Memory, observed: Observed, { serving }: Surplus): Reason | undefined {
  const { policy, workers, reading } = observed
  if (workers.rollout) return Reason.rollout
  if (workers.settling) return Reason.settling
  if (workers.disruptionsAllowed === 0) return Reason.disruption
  const emptying = ((reading?.depth ?? 0) * 1_000) / (serving * memory.serviceRate)
  if (emptying > BACKLOG_SHARE * policy.drainSloMs) return Reason.backlog
  return isTooSoon(memory, observed) ? Reason.waiting : undefined
}

/** The window is not over since the first reading or the last increase, or the step since the last decrease. */
function isTooSoon({ since, upAt, downAt, patience }: Memory, { now, policy }: Observed): boolean {
  const window = policy.windowMs * patience
  if (now - Math.max(since, upAt ?? since) < window) return true
  return downAt !== undefined && now - downAt < policy.stepPeriodMs
}

function standing({ serving, enough, bounds }: Surplus, memory: Memory, { now, policy }: Observed): Reason {
  if (enough > bounds.ceiling) return Reason.ceiling
  if (serving === 0) return Reason.idle
  if (serving === bounds.floor) return bounds.prewarmed ? Reason.prewarm : Reason.floor
  return now - memory.busyAt >= policy.idleAfterMs ? Reason.idle : Reason.steady
}

function shrunk(memory: Memory, now: number): Memory {
  const calm = memory.upAt !== undefined && now - memory.upAt > CALM_MS
  return { ...memory, downAt: now, patience: calm ? Math.max(1, memory.patience / 2) : memory.patience }
}
