/**
 * How far the line has been let in, as a broken line over time. Whatever is decided begins a moment later than it is
 * said, so that every replica knows it by then: at any time all of them let in the same people, without asking anybody.
 */
export interface Front {
  /** When (Unix ms) how many places had been let in; by time, at least one. */
  readonly points: readonly Point[]
  /** People let in a second after the last point. */
  readonly slope: number
}
export type Point = readonly [at: number, places: number]

/** Points older than this need not be exact: they only say whose turn is over. */
const EXACT_MS = 10_000
const COARSE_MS = 5_000

export const frontFrom = (at: number, slope: number): Front => ({ points: [[at, 0]], slope })

/** Places let in at that time: all below it, a fraction counting for nobody yet. */
export function reachedAt({ points, slope }: Front, at: number): number {
  const index = points.findLastIndex(([time]) => time <= at)
  const [from, to] = [points[index], points[index + 1]]
  if (from === undefined) return 0
  if (to === undefined) return from[1] + (slope * (at - from[0])) / 1_000
  return from[1] + ((to[1] - from[1]) * (at - from[0])) / (to[0] - from[0])
}

/**
 * When the place is, or was, let in (Unix ms): Infinity when nobody is let in any more, -Infinity when that was before
 * the first point that is still known.
 */
export function letInAt({ points, slope }: Front, place: number): number {
  const wanted = place + 1
  const index = points.findIndex(([, places]) => places >= wanted)
  const to = points[index]
  if (index === 0) return -Infinity
  if (to === undefined) {
    const [at, places] = points.at(-1) ?? [0, 0]
    return slope > 0 ? at + ((wanted - places) * 1_000) / slope : Infinity
  }
  const from = points[index - 1] ?? to
  return from[0] + ((wanted - from[1]) * (to[0] - from[0])) / (to[1] - from[1])
}

export interface Bend {
  /** When it begins; not before the last point. */
  at: number
  slope: number
  /** Points before this time may be forgotten. */
  keepFrom: number
}

/** The same front with another slope from a time on. What was before is as it was. */
export function bend(front: Front, { at, slope, keepFrom }: Bend): Front {
  const [last] = front.points.at(-1) ?? [at]
  const begins = Math.max(at, last)
  const points = [...front.points, [begins, reachedAt(front, begins)] as const]
  return { points: thin(points, begins, keepFrom), slope }
}

/** Without what is too old, and without points that are close to each other and not of late. */
function thin(points: readonly Point[], now: number, keepFrom: number): Point[] {
  const kept: Point[] = []
  for (const [index, point] of points.entries()) {
    const next = points[index + 1]
    // One before the limit stays: what is behind it lies on a line from there.
    if (next !== undefined && next[0] <= keepFrom) continue
    const before = kept.at(-1)
    const isClose = before !== undefined && point[0] - before[0] < COARSE_MS
    if (isClose && point[0] < now - EXACT_MS) continue
    kept.push(point)
  }
  return kept
}
