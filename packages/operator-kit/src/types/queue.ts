/**
 * Keys waiting to be worked on, after client-go's workqueue. A key is in the queue at most once and with at most one
 * taker; added while it is being worked on, it comes again when that work is done.
 */
export interface WorkQueue {
  readonly name: string
  /** Keys that wait to be taken now; not those in work or due later. */
  readonly length: number
  /** True from {@link WorkQueue.shutDown} on. */
  readonly isShutDown: boolean
  /** Puts the key in, unless it waits already. */
  add: (key: string) => void
  /** Puts the key in after `ms`. Planned twice, the earlier time counts. */
  addAfter: (key: string, ms: number) => void
  /**
   * Puts the key in after its own back-off or the rate all keys share, whichever is later; at least `minimumMs`. That takes
   * the place of what was planned, so that a plan from before the failure does not cut the back-off short.
   */
  addRateLimited: (key: string, minimumMs?: number) => void
  /** Ends the key's back-off: the next failure counts as its first. */
  forget: (key: string) => void
  /** Failures in a row that the key's back-off counts. */
  retries: (key: string) => number
  /** The next key, waiting for one; undefined after shut-down, or when the signal is aborted. */
  take: (signal?: AbortSignal) => Promise<string | undefined>
  /** Every key taken must be given back, whether its work succeeded or not. */
  done: (key: string) => void
  /** Takes no more keys and drops those due later. What waits or is in work is still finished. */
  shutDown: () => void
  /** Resolves once shut down with nothing waiting or in work. */
  drained: () => Promise<void>
}

export interface QueueLimits {
  /** First back-off of a key in milliseconds; doubles with each failure (default 5). */
  baseDelayMs?: number
  /** Longest back-off in milliseconds (default 1,000,000). */
  maxDelayMs?: number
  /** Rate-limited adds of all keys together, each second (default 10). */
  ratePerSecond?: number
  /** Adds that may go at once before that rate holds (default 100). */
  burst?: number
}
