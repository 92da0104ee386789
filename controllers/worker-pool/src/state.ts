import type { BookingWorkerPoolSpec } from '@medqueue/contracts'

import { freshMemory } from './decide/memory.ts'
import type { Memory, Policy, Reading } from './decide/types.ts'
import type { DepthSource } from './depth/source.ts'
import type { Pool } from './kinds.ts'
import { policyOf } from './policy.ts'
import { prewarmAt, type PrewarmState } from './schedule.ts'

/** Schedules are read once a minute: they have no finer grain. */
const MINUTE_MS = 60_000

/** What this process keeps of a pool between two looks. All of it is found out again after a restart. */
export class PoolState {
  readonly uid: string
  memory: Memory
  /** Which queue the source reads, as text. */
  sourceName = ''
  source: DepthSource | undefined
  /** Prefix of the subjects on which the workers speak and listen. */
  prefix = ''
  /** Pods marked as draining that the cache may not show yet, and when they were marked. */
  readonly marked = new Map<string, number>()
  /** Pods whose worker cannot drain. */
  readonly plain = new Set<string>()
  /** When a pod was last asked to drain, and those already told of as overdue. */
  readonly asked = new Map<string, number>()
  readonly overdue = new Set<string>()
  /** No worker is asked for: the first signal counts. */
  asleep = false
  /** Signals heard since the start. */
  signals = 0
  /** When the first signal came while it was asleep. */
  wokenAt: number | undefined
  /** The next look is a while away, and not because the last one failed: a signal brings it at once. */
  resting = false
  /** As of when something was last known of the queue; until then, since when nothing is. Monotonic milliseconds. */
  knownAt: number
  /** What was told last, in events. */
  observedWant: number | undefined
  toldReason: string | undefined
  lastScaleTime: string | undefined
  reported: Reported | undefined
  #policy: { generation: number; policy: Policy } | undefined
  #prewarm: { minute: number; generation: number; state: PrewarmState } | undefined

  constructor({ metadata, spec, status }: Pool, now: number) {
    this.uid = metadata.uid
    this.knownAt = now
    this.lastScaleTime = status?.lastScaleTime
    // What was measured before a restart is a better start than the estimate in the spec.
    const policy = policyOf(spec)
    const measured = status?.lastDecision?.inputs.serviceRate ?? 0
    this.memory = freshMemory(now, policy, measured > 0 ? measured : policy.serviceRate)
  }

  /** A look begins: until it has ended well, signals are only counted. How many there were before it. */
  begin(reading: Reading | undefined): number {
    this.resting = false
    if (reading !== undefined) this.knownAt = reading.freshAt
    return this.signals
  }

  /** Something arrived or has drained. True when that is worth a look of its own: not while one follows the other anyway. */
  signal(now: number): boolean {
    this.signals += 1
    if (this.asleep) this.wokenAt ??= now
    const due = this.resting
    this.resting = false
    return due
  }

  /** The spec in numbers, read once for each generation. */
  policy(spec: BookingWorkerPoolSpec, generation: number): Policy {
    if (this.#policy?.generation !== generation) this.#policy = { generation, policy: policyOf(spec) }
    return this.#policy.policy
  }

  prewarm(spec: BookingWorkerPoolSpec, generation: number, now: number): PrewarmState {
    const minute = Math.floor(now / MINUTE_MS)
    if (this.#prewarm?.minute !== minute || this.#prewarm.generation !== generation) {
      this.#prewarm = { minute, generation, state: prewarmAt(spec.prewarm, now) }
    }
    return this.#prewarm.state
  }

  /** Forgets pods that are no more. */
  keepOnly(uids: ReadonlySet<string>): void {
    for (const known of [this.marked, this.plain, this.asked, this.overdue]) {
      for (const uid of known.keys()) if (!uids.has(uid)) known.delete(uid)
    }
  }

  async close(): Promise<void> {
    await this.source?.close()
    this.source = undefined
  }
}

/** What the status said last, and when. */
export interface Reported {
  at: number
  /** What must be told at once when it changes, soon when it changes, and now and then. */
  urgent: string
  counts: string
  figures: string
}
