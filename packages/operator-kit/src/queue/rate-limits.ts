import type { Clock } from '../types/clock.ts'

/** How long each key waits after a failure: doubles from `first` to `longest` milliseconds. */
export class KeyBackoff {
  readonly #first: number
  readonly #longest: number
  readonly #failures = new Map<string, number>()

  constructor(first: number, longest: number) {
    this.#first = first
    this.#longest = longest
  }

  next(key: string): number {
    const failures = this.failures(key)
    this.#failures.set(key, failures + 1)
    // 2 ** 1024 is Infinity, which the limit below makes good.
    return Math.min(this.#longest, this.#first * 2 ** failures)
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0
  }

  forget(key: string): void {
    this.#failures.delete(key)
  }
}

/** A token bucket that tells everybody when their turn is, also those who come while it is empty. */
export class TokenBucket {
  readonly #clock: Clock
  readonly #perMs: number
  readonly #burst: number
  #tokens: number
  #at: number

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock
    this.#perMs = perSecond / 1_000
    this.#burst = burst
    this.#tokens = burst
    this.#at = clock.monotonic()
  }

  /** Takes a token, if need be one that is still to come; milliseconds until it is there. */
  reserve(): number {
    this.#refill()
    this.#tokens -= 1
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#perMs
  }

  /** Takes a token if there is one. */
  tryTake(): boolean {
    this.#refill()
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  /** As full as if it had never been used. */
  get isFull(): boolean {
    this.#refill()
    return this.#tokens === this.#burst
  }

  #refill(): void {
    const now = this.#clock.monotonic()
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs)
    this.#at = now
  }
}
