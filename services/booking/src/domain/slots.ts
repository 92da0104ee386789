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

/** What a start needs of others than the doctor: a room, a device. */
export interface Elsewhere {
  /** Starts in a clinic for which there is none: in order, apart from each other. Seats of what has begun are beside it. */
  closedIn: (clinicId: string) => readonly Interval[]
  /** Whether a start can be had; `session`: the group visit it is. */
  isOpen: (window: WorkWindow, start: number, session: string | undefined) => boolean
}

/** Nothing but the doctor is needed. */
export const NOTHING_ELSE: Elsewhere = { closedIn: () => [], isOpen: () => true }

/** Orders slots by start, then by doctor, so that pages have a place to go on from. */
export function bySlotOrder(a: Slot, b: Slot): number {
  if (a.start !== b.start) return a.start - b.start
  return a.doctorId < b.doctorId ? -1 : a.doctorId > b.doctorId ? 1 : 0
}
