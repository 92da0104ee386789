/**
 * Slot arithmetic: pure, no clock. Instants are Unix seconds; intervals are half open. A slot is a start from which a
 * whole visit fits into a window, on the service's grid counted from the start of the window, and whose visit with its
 * buffers meets nothing busy. Buffers may lie outside of the window. Of a group visit that has begun to fill, the seats
 * that are left are a slot.
 */
export interface Interval {
  start: number
  end: number
}

/** What is taken, with its buffers. */
export interface Busy extends Interval {
  /** The group visit it is: see `sessionOf`. */
  session?: string
}

export interface WorkWindow extends Interval {
  doctorId: string
  clinicId: string
  /** What is taken in it and near it, sorted by start; nothing meets anything else. */
  busy: Busy[]
  /** Seats taken, by group visit. */
  seats?: ReadonlyMap<string, readonly number[]>
}

/** What a visit of a service takes; durations in seconds. */
export interface VisitShape {
  /** The service. */
  id: string
  duration: number
  bufferBefore: number
  bufferAfter: number
  alignment: number
  /** Seats; more than one: a group visit. */
  capacity: number
}

export interface Slot extends Interval {
  doctorId: string
  clinicId: string
  /** Of a group visit. */
  seatsLeft?: number
}

/** Name of the group visit of a service at a start, among those of one doctor. */
export const sessionOf = (serviceId: string, start: number): string => `${serviceId} ${start}`

/** Whether a start can be had as far as others than the doctor are concerned; `session`: the group visit it is. */
export type Elsewhere = (window: WorkWindow, start: number, session: string | undefined) => boolean

/** Calls `each` for the free starts of one window within [from, to), in order, with the seats left. */
export function eachFreeStart(
  window: WorkWindow,
  shape: VisitShape,
  { start: from, end: to }: Interval,
  each: (start: number, seatsLeft: number) => void,
): void {
  const { duration, bufferBefore, bufferAfter, alignment } = shape
  const { busy } = window
  const behind = duration + bufferAfter
  const last = Math.min(window.end - duration, to - 1)
  const steps = Math.max(0, Math.ceil((from - window.start) / alignment))
  let next = 0
  for (let start = window.start + steps * alignment; start <= last; start += alignment) {
    const begins = start - bufferBefore
    while ((busy[next]?.end ?? Infinity) <= begins) next++
    const first = busy[next]
    if (first === undefined || first.start >= start + behind || isOwn(busy, next, shape, start)) {
      const seats = seatsLeft(window, shape, start)
      if (seats > 0) each(start, seats)
    }
  }
}

/** True when all that is in the way of a start is the group visit it is a seat of. */
function isOwn(busy: readonly Busy[], next: number, shape: VisitShape, start: number): boolean {
  if (shape.capacity === 1) return false
  const other = busy[next + 1]
  const alone = other === undefined || other.start >= start + shape.duration + shape.bufferAfter
  return alone && busy[next]?.session === sessionOf(shape.id, start)
}

function seatsLeft({ seats }: WorkWindow, { id, capacity }: VisitShape, start: number): number {
  if (capacity === 1 || seats === undefined) return capacity
  const taken = seats.get(sessionOf(id, start)) ?? []
  // There may have been more seats once.
  return capacity - taken.filter((seat) => seat <= capacity).length
}

/** The free starts of one window within a range, in order. */
export function freeSlots(
  window: WorkWindow,
  shape: VisitShape,
  range: Interval,
  elsewhere: Elsewhere = () => true,
): Slot[] {
  const { doctorId, clinicId } = window
  const { duration, capacity } = shape
  const slots: Slot[] = []
  eachFreeStart(window, shape, range, (start, seats) => {
    const session = capacity === 1 ? undefined : sessionOf(shape.id, start)
    if (!elsewhere(window, start, session)) return
    const slot = { doctorId, clinicId, start, end: start + duration }
    slots.push(capacity === 1 ? slot : { ...slot, seatsLeft: seats })
  })
  return slots
}

/** True when a visit can begin in the window at that very moment. */
export function isFree(window: WorkWindow, shape: VisitShape, start: number, elsewhere?: Elsewhere): boolean {
  return freeSlots(window, shape, { start, end: start + 1 }, elsewhere).length > 0
}

/** Orders slots by start, then by doctor, so that pages have a place to go on from. */
export function bySlotOrder(a: Slot, b: Slot): number {
  if (a.start !== b.start) return a.start - b.start
  return a.doctorId < b.doctorId ? -1 : a.doctorId > b.doctorId ? 1 : 0
}
