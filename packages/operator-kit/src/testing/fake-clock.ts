import type { Cancel, Clock } from '../types/clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly work: () => void
}

/** Time that stands still until it is turned. Timers run in order of their time, inside `advance`. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>()
  #monotonic = 0
  #wall: number
  #order = 0

  constructor(wall = Date.parse('2026-01-05T08:00:00Z')) {
    this.#wall = wall
  }

  readonly now = (): number => this.#wall

  readonly monotonic = (): number => this.#monotonic

  readonly after = (ms: number, work: () => void): Cancel => {
    const timer = { at: this.#monotonic + Math.max(0, ms), order: (this.#order += 1), work }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Timers that have not run. */
  get pending(): number {
    return this.#timers.size
  }

  /** Milliseconds until the next timer; undefined without one. */
  get nextInMs(): number | undefined {
    const next = this.#next(Infinity)
    return next === undefined ? undefined : next.at - this.#monotonic
  }

  /** Turns both clocks and runs what falls due on the way, also what that plans anew. */
  advance(ms: number): void {
    const end = this.#monotonic + ms
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer)
      this.#move(timer.at - this.#monotonic)
      timer.work()
    }
    this.#move(end - this.#monotonic)
  }

  /** Turns both clocks and runs nothing, as when the process is paused: timers are late afterwards. */
  pause(ms: number): void {
    this.#move(ms)
  }

  /** Turns the wall clock alone, as when it is set, or when the machine sleeps. */
  skew(ms: number): void {
    this.#wall += ms
  }

  /**
   * Turns the clock in steps until the condition holds; between steps it waits for `settled`, so that real work keeps up
   * with the time that is not real. @throws when it does not hold within `limitMs`.
   */
  async advanceUntil(
    condition: () => boolean | Promise<boolean>,
    { stepMs = 250, limitMs = 3_600_000, settled = immediate }: AdvanceOptions = {},
  ): Promise<number> {
    const began = this.#monotonic
    for (;;) {
      await settled()
      if (await condition()) return this.#monotonic - began
      if (this.#monotonic - began >= limitMs) throw new Error(`it did not happen within ${limitMs} ms`)
      // Never past a timer: what it sets off must see the time that it was set for.
      this.advance(Math.min(stepMs, Math.max(0, this.nextInMs ?? stepMs)))
    }
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at > end) continue
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) {
        next = timer
      }
    }
    return next
  }

  #move(ms: number): void {
    // A timer may be overdue after a pause; time does not go back for it.
    const forward = Math.max(0, ms)
    this.#monotonic += forward
    this.#wall += forward
  }
}

export interface AdvanceOptions {
  stepMs?: number
  limitMs?: number
  settled?: () => Promise<void>
}

/** Lets callbacks and promises that are ready run. */
export const immediate = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Resolves once the condition holds, in real time; rejects when it does not within ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it did not happen within ${limitMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
