import {
  type Busy,
  type Elsewhere,
  type Interval,
  NOTHING_ELSE,
  sessionOf,
  type Slot,
  type VisitShape,
  type WorkWindow,
} from './slots.ts'

/** Where free starts are looked for; times are whole Unix seconds. */
export interface StartsSought {
  window: WorkWindow
  shape: VisitShape
  /** Starts in [start, end). */
  range: Interval
  elsewhere?: Elsewhere | undefined
}

/** The free starts of one window within a range, in order. */
export function freeSlots(
  window: WorkWindow,
  shape: VisitShape,
  range: Interval,
  elsewhere?: Elsewhere,
): Slot[] {
  const slots: Slot[] = []
  eachFreeStart({ window, shape, range, elsewhere }, (start, seats) => {
    slots.push(slotOf(window, shape, start, seats))
    return true
  })
  return slots
}

/** A free start as a slot. */
export function slotOf(
  { doctorId, clinicId }: WorkWindow,
  { duration, capacity }: VisitShape,
  start: number,
  seats: number,
): Slot {
  const slot = { doctorId, clinicId, start, end: start + duration }
  return capacity === 1 ? slot : { ...slot, seatsLeft: seats }
}

/** True when a visit can begin in the window at that very moment. */
export function isFree(window: WorkWindow, shape: VisitShape, start: number, elsewhere?: Elsewhere): boolean {
  return countFreeStarts({ window, shape, range: { start, end: start + 1 }, elsewhere }) > 0
}

/** Calls `each` for the free starts of one window, in order, with the seats left, until it returns false. */
export function eachFreeStart(
  sought: StartsSought,
  each: (start: number, seatsLeft: number) => boolean,
): void {
  if (sought.shape.capacity > 1) return eachSeat(sought, each)
  const { alignment } = sought.shape
  eachFreeRun(sought, (first, last) => {
    for (let start = first; start <= last; start += alignment) if (!each(start, 1)) return false
    return true
  })
}

/** How many starts of one window are free. */
export function countFreeStarts(sought: StartsSought): number {
  let count = 0
  if (sought.shape.capacity > 1)
    eachSeat(sought, () => {
      count++
      return true
    })
  else
    eachFreeRun(sought, (first, last) => {
      count += (last - first) / sought.shape.alignment + 1
      return true
    })
  return count
}

/**
 * Free starts of visits for one patient, from one thing in the way to the next: a month of a city has a quarter of a
 * million starts, and a tenth as many things in the way. Calls `each` with the first and the last start of each run.
 */
function eachFreeRun(
  { window, shape, range, elsewhere = NOTHING_ELSE }: StartsSought,
  each: (first: number, last: number) => boolean,
): void {
  const { duration, bufferBefore, bufferAfter, alignment } = shape
  const onGrid = (from: number) => window.start + Math.ceil((from - window.start) / alignment) * alignment
  const latest = Math.min(window.end - duration, range.end - 1)
  let start = onGrid(Math.max(window.start, range.start))
  const closed = elsewhere.closedIn(window.clinicId)
  const visits = { list: window.busy, before: duration + bufferAfter - 1, after: bufferBefore, at: 0 }
  const others = { list: closed, before: 0, after: 0, at: firstBehind(closed, start) }
  while (start <= latest) {
    const [visit, other] = [nextOf(visits, start), nextOf(others, start)]
    if (visit <= start) start = onGrid(endOf(visits))
    else if (other <= start) start = onGrid(endOf(others))
    else {
      const room = Math.min(latest, visit - 1, other - 1) - start
      const last = start + Math.floor(room / alignment) * alignment
      if (!each(start, last)) return
      start = last + alignment
    }
  }
}

/** What closes starts, in order: from so much before it begins until so much after it has ended. */
interface InTheWay {
  list: readonly Interval[]
  before: number
  after: number
  /** Those before it are passed. */
  at: number
}

/** Passes those that are over, and tells from when on the next one closes starts. */
function nextOf(way: InTheWay, start: number): number {
  while ((way.list[way.at]?.end ?? Infinity) + way.after <= start) way.at++
  return (way.list[way.at]?.start ?? Infinity) - way.before
}

const endOf = ({ list, at, after }: InTheWay) => (list[at]?.end ?? Infinity) + after

/** The place of the first of some disjoint intervals in order that ends behind an instant; their number when none does. */
export function firstBehind(intervals: readonly Interval[], instant: number): number {
  let [low, high] = [0, intervals.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((intervals[middle]?.end ?? Infinity) <= instant) low = middle + 1
    else high = middle
  }
  return low
}

/** True when one of some disjoint intervals in order holds the instant. */
export function holds(intervals: readonly Interval[], instant: number): boolean {
  const one = intervals[firstBehind(intervals, instant)]
  return one !== undefined && one.start <= instant
}

/** Free starts of group visits: start by start, as one that has begun is in nobody's way. */
function eachSeat(
  { window, shape, range, elsewhere = NOTHING_ELSE }: StartsSought,
  each: (start: number, seatsLeft: number) => boolean,
): void {
  const { duration, bufferBefore, alignment } = shape
  const { busy } = window
  const latest = Math.min(window.end - duration, range.end - 1)
  const steps = Math.max(0, Math.ceil((range.start - window.start) / alignment))
  let next = 0
  for (let start = window.start + steps * alignment; start <= latest; start += alignment) {
    while ((busy[next]?.end ?? Infinity) <= start - bufferBefore) next++
    if (!isSeatable(busy, next, shape, start)) continue
    const seats = seatsLeft(window, shape, start)
    if (seats > 0 && elsewhere.isOpen(window, start, sessionOf(shape.id, start)) && !each(start, seats))
      return
  }
}

/** True when a visit ends, with its buffer, before what comes next. */
const isClear = (busy: readonly Busy[], next: number, shape: VisitShape, start: number) =>
  (busy[next]?.start ?? Infinity) >= start + shape.duration + shape.bufferAfter

/** True when nothing is in the way of a start but the group visit it is a seat of. */
const isSeatable = (busy: readonly Busy[], next: number, shape: VisitShape, start: number) =>
  isClear(busy, next, shape, start) ||
  (isClear(busy, next + 1, shape, start) && busy[next]?.session === sessionOf(shape.id, start))

function seatsLeft({ seats }: WorkWindow, { id, capacity }: VisitShape, start: number): number {
  if (seats === undefined) return capacity
  const taken = seats.get(sessionOf(id, start)) ?? []
  // There may have been more seats once.
  return capacity - taken.filter((seat) => seat <= capacity).length
}
