import type { Cancel, Clock } from './types/clock.ts'

/** `setTimeout` takes no more than this; longer waits go in steps. */
const LONGEST_STEP_MS = 2_147_483_647

function after(ms: number, work: () => void): Cancel {
  let timer: NodeJS.Timeout
  const step = (left: number) => {
    const now = Math.min(Math.max(left, 0), LONGEST_STEP_MS)
    timer = setTimeout(() => (left > now ? step(left - now) : work()), now)
  }
  step(ms)
  return () => clearTimeout(timer)
}

/** Time of this machine. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now(), after }

/** Resolves after `ms`, or at once when the signal is aborted: look at the signal afterwards. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const end = () => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.after(ms, end)
    signal.addEventListener('abort', end)
  })
}
