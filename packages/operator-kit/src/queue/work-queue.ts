import type { Registry } from 'prom-client'

import { systemClock } from '../clock.ts'
import { metricsIn } from '../metrics.ts'
import type { Cancel, Clock } from '../types/clock.ts'
import type { QueueLimits, WorkQueue } from '../types/queue.ts'
import { QueueMetrics } from './queue-metrics.ts'
import { KeyBackoff, TokenBucket } from './rate-limits.ts'

export interface WorkQueueOptions extends QueueLimits {
  name: string
  clock?: Clock
  /** Where workqueue_* metrics go (default: nowhere). */
  registry?: Registry
}

/** A key that is to be put in; times are monotonic milliseconds. */
interface Plan {
  at: number
  /** When it is its turn by the rate that all keys share, if it has taken part in that. */
  turnAt: number | undefined
  cancel: Cancel
}

/**
 * ```
 *                add                      take                    done
 *   (unknown) ─────────▶ waiting ─────────────────▶ in work ─────────────────▶ (unknown)
 *       │                   ▲                        │    │
 *       │ addAfter          │ time is up             │add │ done, when added meanwhile
 *       └──────▶ due later ─┘                        ▼    └──────────────────▶ waiting
 *                                             in work, again
 * ```
 * `#wanted` holds the keys that must (still) be taken, `#inWork` those that are; `#waiting` is `#wanted` without those in
 * work, in order.
 */
class KeyedQueue implements WorkQueue {
  readonly name: string
  readonly #clock: Clock
  readonly #backoff: KeyBackoff
  readonly #bucket: TokenBucket
  readonly #metrics: QueueMetrics
  readonly #wanted = new Set<string>()
  readonly #inWork = new Set<string>()
  readonly #waiting = new Set<string>()
  readonly #later = new Map<string, Plan>()
  readonly #takers = new Set<(key: string | undefined) => void>()
  readonly #drainers: (() => void)[] = []
  #shutDown = false

  constructor(options: WorkQueueOptions) {
    const { name, clock = systemClock, baseDelayMs = 5, maxDelayMs = 1_000_000 } = options
    this.name = name
    this.#clock = clock
    this.#backoff = new KeyBackoff(baseDelayMs, maxDelayMs)
    this.#bucket = new TokenBucket(clock, options.ratePerSecond ?? 10, options.burst ?? 100)
    this.#metrics = new QueueMetrics(name, metricsIn(options.registry), clock)
  }

  get length(): number {
    return this.#waiting.size
  }

  get isShutDown(): boolean {
    return this.#shutDown
  }

  add(key: string): void {
    if (this.#shutDown || this.#wanted.has(key)) return
    this.#wanted.add(key)
    this.#metrics.added(key)
    if (!this.#inWork.has(key)) this.#offer(key)
  }

  addAfter(key: string, ms: number): void {
    if (this.#shutDown) return
    if (!(ms > 0)) return this.add(key)
    const at = this.#clock.monotonic() + ms
    const planned = this.#later.get(key)
    if (planned === undefined || planned.at > at) this.#plan(key, { at, turnAt: planned?.turnAt })
  }

  addRateLimited(key: string, minimumMs = 0): void {
    if (this.#shutDown) return
    this.#metrics.retried()
    const ms = Math.max(this.#backoff.next(key), minimumMs)
    // It comes at once: a turn of its own would be lost to the others.
    if (this.#wanted.has(key)) return
    const now = this.#clock.monotonic()
    const turnAt = this.#later.get(key)?.turnAt ?? now + this.#bucket.reserve()
    this.#plan(key, { at: Math.max(now + ms, turnAt), turnAt })
  }

  /** Takes the place of what was planned for the key. */
  #plan(key: string, { at, turnAt }: Pick<Plan, 'at' | 'turnAt'>): void {
    this.#later.get(key)?.cancel()
    const cancel = this.#clock.after(at - this.#clock.monotonic(), () => {
      this.#later.delete(key)
      this.add(key)
    })
    this.#later.set(key, { at, turnAt, cancel })
  }

  forget(key: string): void {
    this.#backoff.forget(key)
  }

  retries(key: string): number {
    return this.#backoff.failures(key)
  }

  async take(signal?: AbortSignal): Promise<string | undefined> {
    if (signal?.aborted === true) return undefined
    const [first] = this.#waiting
    if (first !== undefined) return this.#begin(first)
    if (this.#shutDown) return undefined
    return new Promise((resolve) => {
      const taker = (key: string | undefined) => {
        this.#takers.delete(taker)
        signal?.removeEventListener('abort', giveUp)
        resolve(key)
      }
      const giveUp = () => taker(undefined)
      this.#takers.add(taker)
      signal?.addEventListener('abort', giveUp)
    })
  }

  done(key: string): void {
    if (!this.#inWork.delete(key)) return
    this.#metrics.finished(key)
    if (this.#wanted.has(key)) this.#offer(key)
    this.#checkDrained()
  }

  shutDown(): void {
    if (this.#shutDown) return
    this.#shutDown = true
    for (const { cancel } of this.#later.values()) cancel()
    this.#later.clear()
    for (const taker of this.#takers) taker(undefined)
    this.#checkDrained()
  }

  async drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#drainers.push(resolve)
      this.#checkDrained()
    })
  }

  /** To whoever waits for a key, or to the end of the line. */
  #offer(key: string): void {
    this.#waiting.add(key)
    const [taker] = this.#takers
    if (taker !== undefined) taker(this.#begin(key))
    this.#metrics.depth(this.#waiting.size)
  }

  #begin(key: string): string {
    this.#waiting.delete(key)
    this.#wanted.delete(key)
    this.#inWork.add(key)
    this.#metrics.started(key)
    this.#metrics.depth(this.#waiting.size)
    return key
  }

  #checkDrained(): void {
    if (!this.#shutDown || this.#waiting.size > 0 || this.#inWork.size > 0) return
    this.#metrics.close()
    for (const resolve of this.#drainers.splice(0)) resolve()
  }
}

/** A keyed, de-duplicating, rate-limited queue; see {@link WorkQueue}. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new KeyedQueue(options)
}
