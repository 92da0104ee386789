import { type Front, reachedAt } from './front.ts'

/** From when to when one will be let in, in seconds from now. */
export interface Wait {
  from: number
  to: number
}

/** Back to when the speed is measured. */
const LOOK_BACK_MS = 15_000
/** How much slower it may become; more while there is little to go by. */
const SLOWER = 1.6
const YOUNG_SLOWER = 3
const YOUNG_MS = 30_000
/** Slower than this is no forecast; people a second. */
const SLOWEST = 0.2

export interface Speeds {
  front: Front
  /** People a second that the controller would let in now. */
  rate: number
  /** How many would be let in by each second from now on if nothing were ever too much. */
  course: Float64Array
  /** When the letting in began; Unix ms. */
  since: number
  now: number
}

/**
 * The wait of somebody with so many people ahead. Not sooner than if the controller climbed all the time; not later than at
 * the slower of its speed and the one measured of late, and some more.
 */
export function waitOf(ahead: number, { front, rate, course, since, now }: Speeds): Wait {
  const age = now - since
  const measured = ((reachedAt(front, now) - reachedAt(front, now - LOOK_BACK_MS)) * 1_000) / LOOK_BACK_MS
  // Nobody let in while nobody waited says nothing of the speed.
  const speed = age >= LOOK_BACK_MS && measured > 0 ? Math.min(rate, measured) : rate
  const slowest = Math.max(SLOWEST, speed / (age < YOUNG_MS ? YOUNG_SLOWER : SLOWER))
  const to = Math.ceil((ahead + 1) / slowest)
  return { from: Math.min(soonest(ahead, course), to), to }
}

/**
 * The second by which so many people have been let in, less one because it is a whole one, and one because what was decided
 * last takes effect a second later: until then it may still be faster.
 */
function soonest(ahead: number, course: Float64Array): number {
  const end = course.length - 1
  const [before = 0, last = 0] = [course[end - 1], course[end]]
  if (ahead > last) return end + Math.floor((ahead - last) / Math.max(SLOWEST, last - before))
  let [low, high] = [0, end]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((course[middle] ?? 0) >= ahead) high = middle
    else low = middle + 1
  }
  return Math.max(0, low - 2)
}

const SOONEST_S = 2
const LATEST_S = 90
/** Share of the shortest wait after which it is worth asking again: the nearer the turn, the closer. */
const SHARE = 0.6
/** Those who came at once must not come again at once: a crowd that asks is as large as a crowd that books. */
const JITTER = 0.5

/**
 * Seconds to wait before asking again: some times in a long wait and never all at once. `random`: from 0 up to 1.
 */
export function askAgainAfter(from: number, random: number): number {
  const seconds = Math.min(LATEST_S, Math.max(SOONEST_S, from * SHARE))
  return Math.round(seconds * (1 - JITTER + 2 * JITTER * random) * 10) / 10
}
