import { bySlotOrder, type Slot } from './slots.ts'

/** The first of all slots that are offered to it. */
export interface FirstSlots {
  /** False when neither this one nor what is behind it is wanted: there are enough before it. */
  offer: (slot: Slot) => boolean
  /** Slots that start later are not wanted; Infinity while there are not enough. */
  lastStart: () => number
  /** The first ones, in order. */
  inOrder: () => Slot[]
}

/** Keeps at most twice the slots wanted, so that nobody has to sort those of five hundred doctors. */
export function createFirstSlots(limit: number): FirstSlots {
  let kept: Slot[] = []
  let last: Slot | undefined
  const cut = () => {
    kept = kept.sort(bySlotOrder).slice(0, limit)
    if (kept.length === limit) last = kept.at(-1)
  }
  return {
    offer: (slot) => {
      if (last !== undefined && bySlotOrder(slot, last) > 0) return false
      kept.push(slot)
      if (kept.length >= 2 * limit) cut()
      return true
    },
    lastStart: () => {
      if (last === undefined && kept.length >= limit) cut()
      return last?.start ?? Infinity
    },
    inOrder: () => {
      cut()
      return kept
    },
  }
}
