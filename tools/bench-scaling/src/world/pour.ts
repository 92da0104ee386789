import type { Broker } from '@medqueue/messaging'

import { publish } from './publish.ts'

export interface PourOptions {
  broker: Broker
  now: () => number
  signal: AbortSignal
}

export interface Pour {
  /** Messages a second from the next second on. */
  setRate: (rate: number) => void
  /** Ends it after the second under way and resolves to how many messages were stored. */
  end: () => Promise<number>
}

/** Publishes evenly, second by second, until it is ended. A failure is told by `end`. */
export function pour(rate: number, options: PourOptions): Pour {
  let [current, over, stored] = [rate, false, 0]
  const run = async () => {
    for (let startAt = options.now(); !over; startAt += 1_000) {
      const arrivals = Array.from({ length: current }, (_, index) => index / current)
      await publish({ ...options, arrivals, startAt })
      stored += arrivals.length
    }
    return stored
  }
  const running = run()
  running.catch(() => undefined)
  return {
    setRate: (next) => (current = next),
    end: async () => {
      over = true
      return running
    },
  }
}
