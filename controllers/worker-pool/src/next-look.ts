import type { Decision, Reading } from './decide/types.ts'
import { untilStep } from './step.ts'
import { isQuiet, tickMs } from './tick.ts'

/** After something was in the way, or has just been done; milliseconds. */
const AGAIN_MS = 50

export interface Moment {
  decision: Pick<Decision, 'inputs' | 'replicas' | 'reason'>
  reading: Reading | undefined
  /** What was begun has to be gone on with. */
  again: boolean
  /** No worker is asked for: the first signal counts, whatever came before. */
  asleep: boolean
  /** Something arrived or drained since the look began, so the decision may not know of it. */
  signalled: boolean
  /** By the monotonic clock; milliseconds. */
  now: number
}

export interface NextLook {
  afterMs: number
  /** A signal cuts the pause short. */
  quiet: boolean
}

/**
 * When a pool is looked at again. A signal is not worth a look of its own while looks follow each other anyway; but one
 * that came while a pool was on its way to rest would be overslept, so nobody rests on a decision that is older than a signal.
 */
export function nextLook({ decision, reading, again, asleep, signalled, now }: Moment): NextLook {
  if (again) return { afterMs: AGAIN_MS, quiet: false }
  const pause = tickMs(decision, reading)
  const quiet = asleep || isQuiet(pause)
  if (!quiet) return { afterMs: pause, quiet }
  return { afterMs: signalled ? 0 : untilStep(pause, now), quiet }
}
