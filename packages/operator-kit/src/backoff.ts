import type { Random } from './types/clock.ts'

/** The longest `Retry-After` that is obeyed; a server that asks for more is asked again by then. */
const LONGEST_RETRY_AFTER_MS = 300_000

export interface BackoffLimits {
  first: number
  longest: number
}

/** Waits that double with each failure, jittered to between a half and the whole, so that clients spread. */
export class Backoff {
  readonly #limits: BackoffLimits
  readonly #random: Random
  #failures = 0

  constructor(limits: BackoffLimits, random: Random) {
    this.#limits = limits
    this.#random = random
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures
  }

  /** Counts a failure and says how long to wait, in milliseconds; never less than the server asked for. */
  next(retryAfterMs = 0): number {
    const { first, longest } = this.#limits
    const whole = Math.min(longest, first * 2 ** Math.min(this.#failures, 50))
    this.#failures += 1
    const asked = Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS)
    const jittered = whole * (0.5 + this.#random() / 2)
    // A herd told to come back in 5 s should not all come back at once.
    return Math.max(jittered, asked * (1 + this.#random() / 10))
  }

  reset(): void {
    this.#failures = 0
  }
}
