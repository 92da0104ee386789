import type { BookingWorkerPoolSpec } from '@medqueue/contracts'

import { freshMemory } from './decide/memory.ts'
import type { Memory, Policy } from './decide/types.ts'
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
  /** Nothing happens: the next look is a while away. */
  quiet = true
  /** What was told last, in events. */
  observedWant: number | undefined
  toldReason: string | undefined
  lastScaleTime: string | undefined
  reported: Reported | undefined
  #policy: { generation: number; policy: Policy } | undefined
  #prewarm: { minute: number; generation: number; state: PrewarmState } | undefined

  constructor({ metadata, spec, status }: Pool, now: number) {
    this.uid = metadata.uid
    this.lastScaleTime = status?.lastScaleTime
    // What was measured before a restart is a better start than the estimate in the spec.
    const policy = policyOf(spec)
    const measured = status?.lastDecision?.inputs.serviceRate ?? 0
    this.memory = freshMemory(now, policy, measured > 0 ? measured : policy.serviceRate)
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
