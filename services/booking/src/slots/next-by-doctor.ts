import { freeSlots, type Slot } from '../domain/slots.ts'
import type { Availability } from './availability.ts'
import { openingsOf } from './openings.ts'
import type { SlotSearch } from './search.ts'

const FIRST_LOOK = 14 * 86_400

/** The first free slot of each doctor in the range; who has none is left out. */
export async function nextByDoctor(
  availability: Availability,
  { sought, shape, range }: Omit<SlotSearch, 'after' | 'limit'>,
): Promise<Map<string, Slot>> {
  const first = new Map<string, Slot>()
  let length = FIRST_LOOK
  for (let from = range.start; from < range.end && first.size < sought.doctorIds.length; length *= 2) {
    const look = { start: from, end: Math.min(range.end, from + length) }
    const doctorIds = sought.doctorIds.filter((id) => !first.has(id))
    const { windows, elsewhere } = await openingsOf(availability, { ...sought, doctorIds }, shape, look)
    for (const window of windows.sort((a, b) => a.start - b.start)) {
      if (first.has(window.doctorId)) continue
      const [slot] = freeSlots(window, shape, look, elsewhere)
      if (slot !== undefined) first.set(window.doctorId, slot)
    }
    from = look.end
  }
  return first
}
