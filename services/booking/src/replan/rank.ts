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

/**
 * Slots that nobody else is proposed, the best first: near in time, at the same clinic. Pure.
 */
export function rankProposals(slots: readonly Slot[], wish: Wish, claims: readonly Claim[]): Slot[] {
  const cost = ({ start, clinicId }: Slot) =>
    Math.abs(start - wish.start) / HOUR + (clinicId === wish.clinicId ? 0 : OTHER_CLINIC)
  return slots
    .filter((slot) => !claims.some((claim) => meets(claim, claimOf(slot, wish))))
    .map((slot) => ({ slot, cost: cost(slot) }))
    .sort(
      (a, b) =>
        a.cost - b.cost || a.slot.start - b.slot.start || (a.slot.doctorId < b.slot.doctorId ? -1 : 1),
    )
    .map(({ slot }) => slot)
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

const meets = (a: Claim, b: Claim) =>
  a.doctorId === b.doctorId && a.blocked.start < b.blocked.end && b.blocked.start < a.blocked.end
