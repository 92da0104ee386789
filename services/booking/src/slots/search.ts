import { bySlotOrder, freeSlots, type Interval, type Slot } from '../domain/slots.ts'
import type { Sought } from '../domain/sought.ts'
import type { Availability } from './availability.ts'
import { openingsOf, type SoughtShape } from './openings.ts'

export interface SlotSearch {
  sought: Sought
  shape: SoughtShape
  /** Starts in this interval; Unix seconds. */
  range: Interval
  /** Behind this slot: the place of the page before. */
  after?: { start: number; doctorId: string } | undefined
  limit: number
}

/** A first look is short; each further one is twice as long, so that a search that finds soon looks at little. */
const FIRST_LOOK_ONE_DOCTOR = 14 * 86_400
const FIRST_LOOK_MANY = 3_600

/** Free slots in order, at most `limit`. Looks through the range piece by piece and stops when it has enough. */
export async function searchSlots(availability: Availability, search: SlotSearch): Promise<Slot[]> {
  const { sought, shape, range, after, limit } = search
  const found: Slot[] = []
  let length = sought.doctorIds.length === 1 ? FIRST_LOOK_ONE_DOCTOR : FIRST_LOOK_MANY
  let from = Math.max(range.start, after?.start ?? range.start)
  while (from < range.end && found.length < limit) {
    const look = { start: from, end: Math.min(range.end, from + length) }
    const { windows, elsewhere } = await openingsOf(availability, sought, shape, look)
    const slots = windows
      .flatMap((window) => freeSlots(window, shape, look, elsewhere))
      .filter((slot) => isAfter(slot, after))
    found.push(...slots.sort(bySlotOrder))
    from = look.end
    length *= 2
  }
  return found.slice(0, limit)
}

function isAfter(slot: Slot, after: SlotSearch['after']): boolean {
  if (after === undefined) return true
  const { start, doctorId } = after
  return slot.start > start || (slot.start === start && slot.doctorId > doctorId)
}

/** The slot of a doctor at that very moment, at one of the clinics, if it is free. */
export async function slotAt(
  availability: Availability,
  search: { sought: Sought; shape: SoughtShape; start: number },
): Promise<Slot | undefined> {
  const range = { start: search.start, end: search.start + 1 }
  const [slot] = await searchSlots(availability, { ...search, range, limit: 1 })
  return slot
}
