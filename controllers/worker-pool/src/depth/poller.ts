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
  /** Unix milliseconds. */
  now: () => number
  everyMs?: number
  random?: () => number
}

/**
 * Asks at once and then again and again, never two at a time and never sooner than the time since the last answer. Many
 * pollers ask at the same steps of the clock, so that their questions leave together.
 */
export class Poller {
  readonly #options: PollerOptions
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  #running: Promise<void>

  constructor(options: PollerOptions) {
    this.#options = options
    this.#running = this.#turn()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  async #turn(): Promise<void> {
    const { ask, onError, needed = () => true } = this.#options
    if (needed()) await ask().catch(onError)
    this.#plan()
  }

  #plan(): void {
    if (this.#stopped) return
    const { everyMs = POLL_EVERY_MS, random = Math.random, now } = this.#options
    const pause = untilStep(everyMs + random() * JITTER_MS, now())
    this.#timer = setTimeout(() => void (this.#running = this.#turn()), pause)
  }
}
