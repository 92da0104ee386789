import type { KubeClient } from './client.ts'
import type { Clock, Log, Random } from './clock.ts'
import type { ObjectKey } from './object.ts'

/** client-go's figures and rules: leaseDuration > renewDeadline > 1.2 × retryPeriod. All in milliseconds. */
export interface LeaderTiming {
  /** Others wait so long after the last change they saw, by their own clock (default 15,000; whole seconds). */
  leaseDurationMs?: number
  /** A leader that could not renew for so long gives up (default 10,000). */
  renewDeadlineMs?: number
  /** Between attempts to renew (default 2,000). Candidates look after 0.6 to 0.9 of it, and when a lease runs out. */
  retryPeriodMs?: number
}

export interface LeaderOptions extends LeaderTiming {
  client: KubeClient
  lease: ObjectKey
  /** Unique among the candidates, such as pod name and a random part. */
  identity: string
  clock?: Clock
  random?: Random
  log?: Log
  /** Runs when this candidate becomes leader. The signal is aborted the moment it is no longer. */
  onStartedLeading?: (signal: AbortSignal) => void
  onStoppedLeading?: (reason: LeaderLoss) => void
  /** Whenever another identity (or this one) is first seen to lead. */
  onNewLeader?: (identity: string) => void
}

/** Why leading ended: given back on stop, or lost to the deadline or to another candidate. */
export type LeaderLoss = 'released' | 'deadline' | 'taken'

/** One candidate for one Lease. See the state diagram in README.md. */
export interface LeaderElector {
  readonly identity: string
  /** Who leads as far as was observed; undefined when nobody. */
  readonly observedLeader: string | undefined
  /**
   * Tries to lead, then leads. Resolves after {@link LeaderElector.stop}; the lease is then released.
   * @throws LeadershipLostError when leadership was lost. The process should end then, as in Go.
   */
  run: () => Promise<void>
  /** Stops trying, or gives the lease back. Resolves when `run` has ended. */
  stop: () => Promise<void>
  /** Leading, and renewed within the deadline by the monotonic clock: true also means "may write". */
  isLeader: () => boolean
  /** @throws LeadershipLostError unless `isLeader()`. Checks the clock itself, so a paused process is caught. */
  assertLeading: () => void
}
