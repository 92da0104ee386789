import type { Busy, Elsewhere, VisitShape } from './slots.ts'

/** What is taken of rooms or devices: of each one that would do, sorted by start, by the clinic it is in. */
export type Taken = ReadonlyMap<string, readonly (readonly Busy[])[]>

/** Name of a group visit among those of all doctors. */
export const sessionOfDoctor = (doctorId: string, session: string): string => `${doctorId} ${session}`

/**
 * Whether a room and a device can be had with a start. What a group visit has is good for all of its seats. One answer
 * does for all doctors of a clinic, unless there is a group visit to tell apart.
 */
export function placesFree(shape: VisitShape, needed: readonly Taken[]): Elsewhere {
  if (needed.length === 0) return () => true
  // By clinic, then by start: a month of a city asks a quarter of a million times.
  const known = new Map<string, Map<number, boolean>>()
  const blockedBy = (start: number) => ({
    start: start - shape.bufferBefore,
    end: start + shape.duration + shape.bufferAfter,
  })
  const isPossible = (clinicId: string, start: number, own: string | undefined) => {
    const { start: begins, end: ends } = blockedBy(start)
    return needed.every((taken) =>
      (taken.get(clinicId) ?? []).some((busy) => !meets(busy, begins, ends, own)),
    )
  }
  return ({ doctorId, clinicId, seats }, start, session) => {
    if (session !== undefined && seats?.has(session) === true)
      return isPossible(clinicId, start, sessionOfDoctor(doctorId, session))
    let ofClinic = known.get(clinicId)
    if (ofClinic === undefined) known.set(clinicId, (ofClinic = new Map<number, boolean>()))
    const before = ofClinic.get(start)
    if (before !== undefined) return before
    const possible = isPossible(clinicId, start, undefined)
    ofClinic.set(start, possible)
    return possible
  }
}

/** True when something else is in the way. What is sorted by start, and does not overlap, is sorted by end too. */
function meets(busy: readonly Busy[], begins: number, ends: number, own: string | undefined): boolean {
  let [low, high] = [0, busy.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((busy[middle]?.end ?? Infinity) <= begins) low = middle + 1
    else high = middle
  }
  for (let at = low; at < busy.length; at++) {
    const one = busy[at]
    if (one === undefined || one.start >= ends) return false
    if (own === undefined || one.session !== own) return true
  }
  return false
}
