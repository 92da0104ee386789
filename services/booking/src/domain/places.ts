import { holds } from './free-starts.ts'
import { type Busy, type Elsewhere, type Interval, NOTHING_ELSE, type VisitShape } from './slots.ts'

/** What is taken of rooms or devices: of each one that would do, sorted by start, by the clinic it is in. */
export type Taken = ReadonlyMap<string, readonly (readonly Busy[])[]>

/** Name of a group visit among those of all doctors. */
export const sessionOfDoctor = (doctorId: string, session: string): string => `${doctorId} ${session}`

const ALWAYS: readonly Interval[] = [{ start: -Infinity, end: Infinity }]

/**
 * Whether a room and a device can be had with a start. What a group visit has is good for all of its seats. The closed
 * starts of a clinic are worked out once and do for all of its doctors: a month of a city asks for a quarter of a million.
 */
export function placesFree(shape: VisitShape, needed: readonly Taken[]): Elsewhere {
  if (needed.length === 0) return NOTHING_ELSE
  const known = new Map<string, readonly Interval[]>()
  const closedIn = (clinicId: string) => {
    let closed = known.get(clinicId)
    if (closed === undefined) {
      closed = unionOf(needed.flatMap((taken) => closedOf(taken.get(clinicId) ?? [], shape)))
      known.set(clinicId, closed)
    }
    return closed
  }
  const isPossible = (clinicId: string, start: number, own: string) =>
    needed.every((taken) =>
      (taken.get(clinicId) ?? []).some(
        (busy) => !busy.some((one) => one.session !== own && isInTheWay(one, start)),
      ),
    )
  const isInTheWay = (one: Interval, start: number) =>
    one.start < start + shape.duration + shape.bufferAfter && one.end > start - shape.bufferBefore
  return {
    closedIn,
    isOpen: ({ doctorId, clinicId, seats }, start, session) =>
      session !== undefined && seats?.has(session) === true
        ? isPossible(clinicId, start, sessionOfDoctor(doctorId, session))
        : !holds(closedIn(clinicId), start),
  }
}

/** The starts for which every one of some rooms is taken. */
function closedOf(rooms: readonly (readonly Busy[])[], shape: VisitShape): readonly Interval[] {
  let closed = ALWAYS
  for (const busy of rooms) {
    closed = intersectionOf(closed, unionOf(busy.map((one) => closedBy(one, shape))))
    if (closed.length === 0) break
  }
  return closed
}

/** The starts whose visit with its buffers would meet what is taken. */
const closedBy = ({ start, end }: Busy, { duration, bufferBefore, bufferAfter }: VisitShape): Interval => ({
  start: start - duration - bufferAfter + 1,
  end: end + bufferBefore,
})

/** In order, and apart from each other. */
function unionOf(intervals: Interval[]): Interval[] {
  const union: Interval[] = []
  for (const { start, end } of intervals.sort((a, b) => a.start - b.start)) {
    const last = union.at(-1)
    if (last === undefined || last.end < start) union.push({ start, end })
    else last.end = Math.max(last.end, end)
  }
  return union
}

/** What is in both of two lists, each in order and disjoint. */
function intersectionOf(some: readonly Interval[], others: readonly Interval[]): Interval[] {
  const both: Interval[] = []
  for (let [n, m] = [0, 0]; n < some.length && m < others.length;) {
    const [one, other] = [some[n], others[m]]
    if (one === undefined || other === undefined) break
    const [start, end] = [Math.max(one.start, other.start), Math.min(one.end, other.end)]
    if (start < end) both.push({ start, end })
    if (one.end < other.end) n++
    else m++
  }
  return both
}
