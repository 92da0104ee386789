/**
 * Slot arithmetic: pure, no clock. Instants are Unix seconds; intervals are half open. A slot is a start from which a
 * whole visit fits into a window, on the service's grid counted from the start of the window, and whose visit plus
 * buffer meets nothing busy.
 */
export interface Interval {
  start: number
  end: number
}

export interface WorkWindow extends Interval {
  doctorId: string
  clinicId: string
  /** What is taken in it, sorted by start; the doctor's buffers are part of it. */
  busy: Interval[]
}

/** A service's shape in seconds. */
export interface VisitShape {
  duration: number
  bufferAfter: number
  alignment: number
}

export interface Slot extends Interval {
  doctorId: string
  clinicId: string
}

/** The free starts of one window within [from, to), in order. */
export function freeSlots(window: WorkWindow, shape: VisitShape, { start: from, end: to }: Interval): Slot[] {
  const { duration, bufferAfter, alignment } = shape
  const { doctorId, clinicId, busy } = window
  const steps = Math.max(0, Math.ceil((from - window.start) / alignment))
  const last = Math.min(window.end - duration, to - 1)
  const slots: Slot[] = []
  let next = 0
  for (let start = window.start + steps * alignment; start <= last; start += alignment) {
    while ((busy[next]?.end ?? Infinity) <= start) next++
    const meets = (busy[next]?.start ?? Infinity) < start + duration + bufferAfter
    if (!meets) slots.push({ doctorId, clinicId, start, end: start + duration })
  }
  return slots
}

/** True when a visit can begin in the window at that very moment. */
export function isFree(window: WorkWindow, shape: VisitShape, start: number): boolean {
  return freeSlots(window, shape, { start, end: start + 1 }).length > 0
}

/** Orders slots by start, then by doctor, so that pages have a place to go on from. */
export function bySlotOrder(a: Slot, b: Slot): number {
  if (a.start !== b.start) return a.start - b.start
  return a.doctorId < b.doctorId ? -1 : a.doctorId > b.doctorId ? 1 : 0
}

export interface Wish {
  doctorId: string
  clinicId: string | undefined
  start: number
}

/**
 * Ranks slots against what was asked for: the same doctor before others, near in time before far, the same clinic
 * before another. A day's distance weighs as much as another doctor does.
 */
export function rankAlternatives(slots: readonly Slot[], wish: Wish): Slot[] {
  const DAY = 86_400
  const cost = (slot: Slot) =>
    Math.abs(slot.start - wish.start) / DAY +
    (slot.doctorId === wish.doctorId ? 0 : 1) +
    (wish.clinicId === undefined || slot.clinicId === wish.clinicId ? 0 : 0.5)
  return slots
    .map((slot) => ({ slot, cost: cost(slot) }))
    .sort((a, b) => a.cost - b.cost || bySlotOrder(a.slot, b.slot))
    .map(({ slot }) => slot)
}
