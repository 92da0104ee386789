import { plainRate, SUSTAINED_MS, sustainedRate } from './arrivals.ts'

/** Time constant of the smoothed rate; milliseconds. */
const SMOOTHING_MS = 6_000

/** Over how long a fall must have lasted; milliseconds. */
const FALL_MS = 3_000

/** Once it has, what came last is the new level; milliseconds. */
const LATEST_MS = 1_000

/** A rise or fall counts as a new level when it is this large, beside three standard deviations of chance. */
const RISE = 1.25
const FALL = 0.6

export interface RateInput {
  /** Smoothed arrivals a second so far. */
  rate: number
  /** New arrivals, and the time in which they came; milliseconds. */
  arrived: number
  elapsedMs: number
  recent: readonly number[]
}

/**
 * Arrivals a second, smoothed while the level stays and jumping to a new level as soon as it cannot be chance. Slow
 * smoothing alone would follow a rush, and the end of it, tens of seconds late; a short window alone would add and
 * remove workers for noise.
 */
export function arrivalRate({ rate, arrived, elapsedMs, recent }: RateInput): number {
  const fast = sustainedRate(recent)
  const weight = 1 - Math.exp(-elapsedMs / SMOOTHING_MS)
  const now = elapsedMs > 0 ? (arrived * 1_000) / elapsedMs : rate
  const smoothed = rate + weight * (now - rate)
  if (fast > RISE * smoothed + 3 * chance(smoothed, SUSTAINED_MS)) return fast
  const plain = plainRate(recent, FALL_MS)
  if (plain < FALL * smoothed - 3 * chance(smoothed, FALL_MS)) return plainRate(recent, LATEST_MS)
  return smoothed
}

/** Standard deviation of a count of independent arrivals, as a rate. */
const chance = (rate: number, ms: number) => Math.sqrt((rate * 1_000) / ms)
