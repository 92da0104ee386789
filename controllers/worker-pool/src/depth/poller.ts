import type { Cancel, Clock } from '@medqueue/operator-kit'

import { untilStep } from '../step.ts'

/** Least time between two questions to the broker about one pool; milliseconds. */
export const POLL_EVERY_MS = 5_000

/** Pools that were opened together need not ask together. */
const JITTER_MS = 500

export interface PollerOptions {
  /** Asks once. May reject: then it is asked again at the next turn. */
  ask: () => Promise<void>
  onError: (error: unknown) => void
  /** False: nothing need be asked at this turn. */
  needed?: () => boolean
  clock: Pick<Clock, 'monotonic' | 'after'>
  everyMs?: number | undefined
  random?: () => number
}

/**
 * Asks at once and then again and again, never two at a time and never sooner than the time since the last answer. Many
 * pollers ask at the same steps of the clock, so that their questions leave together.
 *
 *   resting --needed at the turn, or when hurried--> asking --answer--> waiting --turn: needed--> asking
 *                                                                               --turn: not needed--> resting
 */
export class Poller {
  readonly #options: PollerOptions
  #cancel: Cancel | undefined
  #stopped = false
  #resting = false
  #running: Promise<void>

  constructor(options: PollerOptions) {
    this.#options = options
    this.#running = this.#turn()
  }

  /** An answer may have become needed: asks at once when none was at the last turn, so that the last one is old enough. */
  hurry(): void {
    const { needed = () => true } = this.#options
    if (!this.#resting || this.#stopped || !needed()) return
    this.#cancel?.()
    this.#running = this.#turn()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    await this.#running
  }

  async #turn(): Promise<void> {
    const { ask, onError, needed = () => true } = this.#options
    this.#resting = !needed()
    if (!this.#resting) await ask().catch(onError)
    this.#plan()
  }

  #plan(): void {
    if (this.#stopped) return
    const { everyMs = POLL_EVERY_MS, random = Math.random, clock } = this.#options
    const pause = untilStep(everyMs + random() * JITTER_MS, clock.monotonic())
    this.#cancel = clock.after(pause, () => void (this.#running = this.#turn()))
  }
}
