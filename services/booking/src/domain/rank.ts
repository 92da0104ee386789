import { bySlotOrder, type Slot } from './slots.ts'

const DAY = 86_400

/** What somebody wanted and could not have. */
export interface Wish {
  doctorId: string
  /** Where it would have been; undefined when that is not known. */
  clinicId: string | undefined
  start: number
  /** The city of a clinic. */
  cityOf: (clinicId: string) => string | undefined
}

/**
 * Ranks slots against what was asked for: the same doctor before others, near in time before far, the same clinic
 * before another of the city, and that before another city. A day's distance weighs as much as another doctor does.
 */
export function rankAlternatives(slots: readonly Slot[], wish: Wish): Slot[] {
  const city = wish.clinicId === undefined ? undefined : wish.cityOf(wish.clinicId)
  const away = ({ clinicId }: Slot) => {
    if (wish.clinicId === undefined || clinicId === wish.clinicId) return 0
    return wish.cityOf(clinicId) === city ? 0.25 : 1
  }
  const cost = (slot: Slot) =>
    Math.abs(slot.start - wish.start) / DAY + (slot.doctorId === wish.doctorId ? 0 : 1) + away(slot)
  return slots
    .map((slot) => ({ slot, cost: cost(slot) }))
    .sort((a, b) => a.cost - b.cost || bySlotOrder(a.slot, b.slot))
    .map(({ slot }) => slot)
}
