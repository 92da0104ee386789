/** A connection that can be asked whether it is alive. */
export interface Pulse {
  ping: () => void
  terminate: () => void
}

/**
 * Pings every connection once in a period and cuts those that have not answered the ping before. One timer serves all;
 * connections are spread over the period so that thousands are not pinged in one moment.
 */
export class Heartbeat {
  readonly #slots: Map<Pulse, { answered: boolean }>[]
  #turn = 0
  #joined = 0
  #timer: NodeJS.Timeout | undefined

  constructor(slots = 20) {
    this.#slots = Array.from({ length: slots }, () => new Map<Pulse, { answered: boolean }>())
  }

  start(periodMs: number): void {
    this.#timer = setInterval(() => this.tick(), periodMs / this.#slots.length)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Returns what to call when a pong comes, and when the connection has ended. */
  join(pulse: Pulse): { answered: () => void; leave: () => void } {
    const slot = this.#slots[this.#joined++ % this.#slots.length]
    const state = { answered: true }
    slot?.set(pulse, state)
    return { answered: () => (state.answered = true), leave: () => slot?.delete(pulse) }
  }

  /** One slot's turn. */
  tick(): void {
    const slot = this.#slots[this.#turn++ % this.#slots.length]
    for (const [pulse, state] of slot ?? []) {
      if (!state.answered) {
        pulse.terminate()
        continue
      }
      state.answered = false
      pulse.ping()
    }
  }
}
