import { eachFreeStart, slotOf } from '../domain/free-starts.ts'
import type { Slot } from '../domain/slots.ts'
import type { Availability } from './availability.ts'
import { openWeeksOf, type WeekOpenings } from './openings.ts'
import type { SlotSearch } from './search.ts'
import { weeksOf } from './week-keys.ts'

type Search = Omit<SlotSearch, 'after' | 'limit'>

/** Weeks of the first look; each further one is twice as long. */
const FIRST_LOOK = 2

/** The first free slot of each doctor in the range; who has none is left out. */
export async function nextByDoctor(availability: Availability, search: Search): Promise<Map<string, Slot>> {
  const { sought, shape, range } = search
  const first = new Map<string, Slot>()
  if (range.start >= range.end) return first
  const all = weeksOf(range)
  let count = FIRST_LOOK
  for (let from = all.first; from <= all.last && first.size < sought.doctorIds.length; count *= 2) {
    const weeks = { first: from, last: Math.min(all.last, from + count - 1) }
    const doctorIds = sought.doctorIds.filter((id) => !first.has(id))
    noteFirst(
      first,
      await openWeeksOf(availability, { ...sought, doctorIds }, shape, { weeks, range }),
      search,
    )
    from = weeks.last + 1
  }
  return first
}

/** Notes the first slot of who has none yet. */
function noteFirst(
  first: Map<string, Slot>,
  { windows, elsewhere }: WeekOpenings,
  { sought, shape, range }: Search,
): void {
  for (const window of windows.flat()) {
    if (first.has(window.doctorId) || !sought.clinicIds.has(window.clinicId)) continue
    eachFreeStart({ window, shape, range, elsewhere }, (start, seats) => {
      first.set(window.doctorId, slotOf(window, shape, start, seats))
      return false
    })
  }
}
