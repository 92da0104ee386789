/**
 * How many people are let in a second. They are a burden only later, when they search, hold and book: so it climbs
 * carefully, takes a quarter away when the platform is overloaded, and then waits for the effect.
 *
 *   climbing --overload--> waiting --settled--> climbing, slowly from near where it was too much
 */
export interface Flow {
  /** People a second. */
  readonly rate: number
  /** The last rate that was too much, if any was. */
  readonly ceiling?: number
  /** Until then (Unix ms) the effect of the last cut is waited for. */
  readonly settledAt: number
}

/** How the platform is: the worst of its replicas. */
export interface Signals {
  /** How long the longest waiting caller has waited for a decision; milliseconds. */
  oldestMs: number
  /** How late the event loop is; milliseconds. */
  loopMs: number
  /** How long one waits for a connection of the database; milliseconds. */
  poolMs: number
  /** How long a request waits for its turn to begin; milliseconds. */
  beginMs: number
}

export interface Bounds {
  least: number
  most: number
}

/** Beyond these a patient begins to notice. */
const OLDEST_MS = 400
const LOOP_MS = 100
const POOL_MS = 150
const BEGIN_MS = 150

/** Above 1 it is overloaded, below `CALM` there is room. */
export const pressureOf = ({ oldestMs, loopMs, poolMs, beginMs }: Signals): number =>
  Math.max(oldestMs / OLDEST_MS, loopMs / LOOP_MS, poolMs / POOL_MS, beginMs / BEGIN_MS)

export const CALM = 0.4
const CUT = 0.75
const SETTLE_MS = 6_000
/** A second, where nothing has been too much yet; and near what was, for a minute. */
const CLIMB = 1.05
/** People a second more, each second: from a low rate a share alone would take minutes. */
const STEP = 0.2
const CREEP = 1.01
const NEAR = 0.8
const FORGET_MS = 60_000

export interface Seen {
  pressure: number
  /** Somebody waits: with nobody waiting a higher rate would prove nothing. */
  isUsed: boolean
  /** So many are just coming that they, and not those let in, are the burden: to let in fewer would be of no use. */
  isFlooded?: boolean
  /** Unix ms. */
  now: number
}

/** The flow of the next second. The rate is never below `least`: who waits must get on while anything moves. */
export function nextFlow(
  flow: Flow,
  { pressure, isUsed, isFlooded = false, now }: Seen,
  { least, most }: Bounds,
): Flow {
  const within = (rate: number) => Math.min(most, Math.max(least, rate))
  if (now < flow.settledAt) return flow
  if (pressure > 1) {
    if (isFlooded) return flow
    return { rate: within(flow.rate * CUT), ceiling: flow.rate, settledAt: now + SETTLE_MS }
  }
  if (pressure >= CALM || !isUsed) return flow
  const { rate, ceiling = Infinity, settledAt } = flow
  const isNear = rate >= NEAR * ceiling && now - settledAt < FORGET_MS
  return { ...flow, rate: within(isNear ? rate * CREEP : rate * CLIMB + STEP) }
}

/** Longest that is looked ahead; beyond it the last rate is taken to last. */
const AHEAD_S = 900

/**
 * How many people would be let in by each second from `now` on, if nothing were ever too much: nobody is let in sooner. The
 * last element is where the rate stays as it is.
 */
export function fastestCourse(flow: Flow, now: number, bounds: Bounds): Float64Array {
  const course = new Float64Array(AHEAD_S + 1)
  let next = flow
  for (let second = 0; second < AHEAD_S; second++) {
    course[second + 1] = (course[second] ?? 0) + next.rate
    next = nextFlow(next, { pressure: 0, isUsed: true, now: now + (second + 1) * 1_000 }, bounds)
  }
  return course
}
