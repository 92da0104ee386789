import { type Front, reachedAt } from './front.ts'

/** From when to when one will be let in, in seconds from now. */
export interface Wait {
  from: number
  to: number
}

const LOOK_BACK_MS = [15_000, 60_000]
/** How much faster or slower it may become; twice as much while there is little to go by. */
const SPREAD = 1.3
const YOUNG_SPREAD = 2
const YOUNG_MS = 30_000
/** Slower than this is no forecast; people a second. */
const SLOWEST = 0.2

/**
 * The wait of somebody with so many people ahead: at the fastest and at the slowest of the speeds measured of late, and
 * some more to either side. `since`: when the letting in began, Unix ms; `rate`: what the controller would let in.
 */
export function waitOf(
  ahead: number,
  { front, rate, since, now }: { front: Front; rate: number; since: number; now: number },
): Wait {
  const age = now - since
  const spread = age < YOUNG_MS ? YOUNG_SPREAD : SPREAD
  const measured = LOOK_BACK_MS.filter((back) => age >= back).map((back) => {
    return ((reachedAt(front, now) - reachedAt(front, now - back)) * 1_000) / back
  })
  // Nobody let in while nobody waited says nothing of the speed.
  const speeds = [rate, ...measured.filter((speed) => speed > 0)]
  const fastest = Math.max(SLOWEST, ...speeds) * spread
  const slowest = Math.max(SLOWEST, Math.min(...speeds) / spread)
  return { from: Math.floor(ahead / fastest), to: Math.ceil((ahead + 1) / slowest) }
}

const SOONEST_S = 2
const LATEST_S = 60
/** Share of the shortest wait after which it is worth asking again: the nearer the turn, the closer. */
const SHARE = 0.7
const JITTER = 0.2

/**
 * Seconds to wait before asking again: some times in a long wait and never all at once. `random`: from 0 up to 1.
 */
export function askAgainAfter(from: number, random: number): number {
  const seconds = Math.min(LATEST_S, Math.max(SOONEST_S, from * SHARE))
  return Math.round(seconds * (1 - JITTER + 2 * JITTER * random) * 10) / 10
}
