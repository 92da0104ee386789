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

/** What this replica measures anyway; milliseconds. */
export interface Sources {
  /** How long the longest waiting caller has waited for a decision. */
  oldestMs: () => number
  /** The longest wait for a connection of the database since this was asked last. */
  poolMs: () => number
  /** How long the longest waiting request has waited to begin. */
  beginMs: () => number
}

export function readSignals({ oldestMs, poolMs, beginMs }: Sources): SignalReader {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const smooth = { loopMs: 0, poolMs: 0, beginMs: 0 }
  const take = (name: keyof typeof smooth, ms: number) => void (smooth[name] += NEW * (ms - smooth[name]))
  return {
    read: () => {
      // Asked twice in one turn, nothing is known that was not known before.
      if (delay.count > 0) {
        // The histogram has the whole time between two turns, the intended one included.
        const late = Math.max(0, delay.percentile(90) / 1e6 - RESOLUTION_MS)
        delay.reset()
        take('loopMs', late)
        take('poolMs', poolMs())
        take('beginMs', beginMs())
      }
      return { oldestMs: oldestMs(), ...smooth }
    },
    stop: () => void delay.disable(),
  }
}
