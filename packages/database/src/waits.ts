/**
 * How long whoever needs a connection waits until there is one: what an overloaded pool makes everybody wait for, before
 * anybody fails.
 */
export class PoolWaits {
  readonly #monotonicMs: () => number
  /** When those began who wait now; a Set keeps the order in which they came. */
  readonly #waiting = new Set<{ since: number }>()
  #longestMs = 0
  /** Told of each wait that has ended, well or not; milliseconds. */
  onWaited: (ms: number) => void = () => undefined

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** Somebody waits from now on until what is returned is called. */
  begin(): () => void {
    const wait = { since: this.#monotonicMs() }
    this.#waiting.add(wait)
    return () => {
      if (!this.#waiting.delete(wait)) return
      const ms = this.#monotonicMs() - wait.since
      this.#longestMs = Math.max(this.#longestMs, ms)
      this.onWaited(ms)
    }
  }

  /** How long the one has waited who has waited longest and still waits; milliseconds. */
  oldestMs(): number {
    for (const { since } of this.#waiting) return this.#monotonicMs() - since
    return 0
  }

  /** The longest wait, ended or not, since this was asked last; milliseconds. */
  takeLongestMs(): number {
    const longest = Math.max(this.#longestMs, this.oldestMs())
    this.#longestMs = 0
    return longest
  }
}
