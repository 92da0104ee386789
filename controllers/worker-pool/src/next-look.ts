import type { Decision, Reading } from './decide/types.ts'
import { untilStep } from './step.ts'
import { isQuiet, tickMs } from './tick.ts'

/** After something was in the way, has just been done, or came meanwhile; milliseconds. */
const AGAIN_MS = 50

export interface Look {
  decision: Pick<Decision, 'inputs' | 'replicas' | 'reason'>
  reading: Reading | undefined
  /** What was begun has to be gone on with. */
  again: boolean
  /** Something arrived or drained since the look began, so the decision may not know of it. */
  signalled: boolean
  /** Unix milliseconds. */
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
export function nextLook({ decision, reading, again, signalled, now }: Look): NextLook {
  if (again) return { afterMs: AGAIN_MS, quiet: false }
  const pause = tickMs(decision, reading)
  if (!isQuiet(pause)) return { afterMs: pause, quiet: false }
  return { afterMs: signalled ? AGAIN_MS : untilStep(pause, now), quiet: true }
}
