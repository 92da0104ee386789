import { bySlotOrder, freeSlots, type Interval, type Slot, type VisitShape } from '../domain/slots.ts'
import type { Sought } from '../domain/sought.ts'
import type { Availability } from './availability.ts'

export interface SlotSearch {
  sought: Sought
  shape: VisitShape
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
  const { doctorIds, clinicIds } = sought
  const found: Slot[] = []
  let length = doctorIds.length === 1 ? FIRST_LOOK_ONE_DOCTOR : FIRST_LOOK_MANY
  let from = Math.max(range.start, after?.start ?? range.start)
  while (from < range.end && found.length < limit) {
    const look = { start: from, end: Math.min(range.end, from + length) }
    const windows = await availability.windows(doctorIds, look)
    const there = windows.filter(({ clinicId }) => clinicIds.has(clinicId))
    const slots = there
      .flatMap((window) => freeSlots(window, shape, look))
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
