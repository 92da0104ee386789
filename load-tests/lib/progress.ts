import type { Tally } from './tally.ts'

/** One line of how the run goes, over the seconds since the line before. */
export function progressLine(
  tally: Tally,
  { start, now, seconds }: { start: number; now: number; seconds: number },
): string {
  // The second at hand is not over yet.
  const span = tally.span(now - 1_000 - seconds * 1_000, now - 1_000)
  const at = Math.max(0, Math.round((now - start) / 1_000))
  const clock = `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`
  const words = [
    `${tally.counted('patient')} patients`,
    `${Math.round(span.rate)} requests/s`,
    `p99 ${Math.round(span.p99)} ms`,
    `${tally.counted('booked')} booked`,
    `${tally.counted('conflict')} conflicts`,
    `${tally.failed} failed`,
  ]
  return `  ${clock}  ${words.join('  ')}`
}
