import type { Interval, Slot } from '../domain/slots.ts'

/** A slot with what it takes of the doctor's time. Unix seconds. */
export interface Claim {
  doctorId: string
  blocked: Interval
}

export interface Wish {
  /** Where the visit is now. */
  start: number
  clinicId: string
  /** Of the service; seconds. */
  bufferBefore: number
  bufferAfter: number
}

const HOUR = 3_600
/** Another clinic is as bad as that many hours. */
const OTHER_CLINIC = 6

/** A slot that a visit might go to; the lower the cost, the better. */
export interface Candidate {
  slot: Slot
  cost: number
}

/** Slots for a visit, the best first: near in time, at the same clinic. Pure. */
export function rankProposals(slots: readonly Slot[], wish: Wish): Candidate[] {
  const cost = ({ start, clinicId }: Slot) =>
    Math.abs(start - wish.start) / HOUR + (clinicId === wish.clinicId ? 0 : OTHER_CLINIC)
  return slots
    .map((slot) => ({ slot, cost: cost(slot) }))
    .sort(
      (a, b) =>
        a.cost - b.cost || a.slot.start - b.slot.start || (a.slot.doctorId < b.slot.doctorId ? -1 : 1),
    )
}

/** What a slot would take of its doctor's time. */
export function claimOf(
  slot: Slot,
  { bufferBefore, bufferAfter }: Pick<Wish, 'bufferBefore' | 'bufferAfter'>,
): Claim {
  return {
    doctorId: slot.doctorId,
    blocked: { start: slot.start - bufferBefore, end: slot.end + bufferAfter },
  }
}

/** True when somebody else is proposed some of that time. */
export const isClaimed = (claims: readonly Claim[], one: Claim): boolean =>
  claims.some(
    ({ doctorId, blocked }) =>
      doctorId === one.doctorId && blocked.start < one.blocked.end && one.blocked.start < blocked.end,
  )

/** A visit that has no proposal yet, with what is left to try for it. */
export interface Open<Row> {
  row: Row
  wish: Wish
  left: Candidate[]
}

/**
 * The visit that is best off now: who can keep the time is not pushed away by who cannot. What is claimed meanwhile is
 * taken off each list. Undefined when nothing is left to try for anybody.
 */
export function bestOff<Row>(open: readonly Open<Row>[], claims: readonly Claim[]): Open<Row> | undefined {
  for (const { left, wish } of open)
    while (left[0] !== undefined && isClaimed(claims, claimOf(left[0].slot, wish))) left.shift()
  const costOf = ({ left }: Open<Row>) => left[0]?.cost ?? Infinity
  return open.reduce<Open<Row> | undefined>((best, one) => {
    if (one.left.length === 0) return best
    return best === undefined || costOf(one) < costOf(best) ? one : best
  }, undefined)
}
