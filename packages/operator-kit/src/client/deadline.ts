import { linkSignal, nothing } from '../signals.ts'
import type { Clock } from '../types/clock.ts'
import { errorFromTimeout } from './api-errors.ts'

export interface Deadline {
  clock: Clock
  ms: number
  /** Ends the work too. */
  signal: AbortSignal | undefined
  /** What is being done, for the message of the time-out. */
  what: string
}

/** Says that something has arrived, so the time starts over; from then on with `ms`, if given. */
export type Progress = (ms?: number) => void

/**
 * Runs `work` until nothing has arrived for `ms`: it then rejects with a time-out, and the signal it was given is
 * aborted. Work that never calls `progress` simply has so long.
 */
export async function withDeadline<T>(
  { clock, ms, signal, what }: Deadline,
  work: (signal: AbortSignal, progress: Progress) => Promise<T>,
): Promise<T> {
  using link = linkSignal(signal)
  let last = clock.monotonic()
  let allowed = ms
  let cancel = nothing
  // Looked at when the time is up instead of set anew with each byte: a busy watch would do little else.
  const plan = (wait: number) => {
    cancel = clock.after(wait, () => {
      const left = last + allowed - clock.monotonic()
      if (left > 0) plan(left)
      else link.abort(errorFromTimeout(what, allowed))
    })
  }
  plan(ms)
  try {
    if (link.signal.aborted) throw link.signal.reason
    return await work(link.signal, (next = allowed) => {
      last = clock.monotonic()
      allowed = next
    })
  } catch (error) {
    throw link.signal.aborted ? link.signal.reason : error
  } finally {
    cancel()
  }
}
