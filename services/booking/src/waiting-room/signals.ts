import { monitorEventLoopDelay } from 'node:perf_hooks'

import type { Signals } from './domain/controller.ts'

const RESOLUTION_MS = 20
/** Weight of what is new: a single pause to collect garbage is no overload. */
const NEW = 0.4

export interface SignalReader {
  /** How this replica has been since it was asked last. */
  read: () => Signals
  stop: () => void
}

/** `oldestMs`: how long the longest waiting caller of this replica has waited for a decision. */
export function readSignals(oldestMs: () => number): SignalReader {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let loopMs = 0
  return {
    read: () => {
      // Asked twice in one turn, nothing is known that was not known before.
      if (delay.count > 0) {
        // The histogram has the whole time between two turns, the intended one included.
        const late = Math.max(0, delay.percentile(90) / 1e6 - RESOLUTION_MS)
        delay.reset()
        loopMs += NEW * (late - loopMs)
      }
      return { oldestMs: oldestMs(), loopMs }
    },
    stop: () => void delay.disable(),
  }
}
