/**
 * What is not urgent happens at steps of the clock, for all pools together: hundreds of pools with a timer each at a time
 * of its own would wake the process, and the broker, hundreds of times a second. Milliseconds.
 */
const STEP_MS = 250

/** The pause, longer by as much as is missing to the next step; `now` by the clock whose steps they are, in milliseconds. */
export function untilStep(pauseMs: number, now: number): number {
  const over = (now + pauseMs) % STEP_MS
  return over === 0 ? pauseMs : pauseMs + STEP_MS - over
}
