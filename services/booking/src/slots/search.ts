import { createFirstSlots, type FirstSlots } from '../domain/first-slots.ts'
import { eachFreeStart, slotOf } from '../domain/free-starts.ts'
import type { Interval, Slot } from '../domain/slots.ts'
import type { Sought } from '../domain/sought.ts'
import { WEEK } from '../store/list-windows.ts'
import type { Availability } from './availability.ts'
import { openWeeksOf, type SoughtShape, type WeekOpenings } from './openings.ts'
import { weeksOf } from './week-keys.ts'

export interface SlotSearch {
  sought: Sought
  shape: SoughtShape
  /** Starts in this interval; Unix seconds. */
  range: Interval
  /** Behind this slot: the place of the page before. */
  after?: { start: number; doctorId: string } | undefined
  limit: number
}

/** Weeks of the first look, beside the one that a window may reach over from; each further look is twice as long. */
const FIRST_LOOK_ONE_DOCTOR = 2
const FIRST_LOOK_MANY = 1

/**
 * Free slots in order, at most `limit`. Looks through the range some weeks at a time, which is how they are remembered,
 * and stops when no later week can have a slot before those it has.
 */
export async function searchSlots(availability: Availability, search: SlotSearch): Promise<Slot[]> {
  const { sought, shape, after, limit } = search
  const range = { ...search.range, start: Math.max(search.range.start, after?.start ?? search.range.start) }
  if (range.start >= range.end) return []
  const found = createFirstSlots(limit)
  const all = weeksOf(range)
  let count = sought.doctorIds.length === 1 ? FIRST_LOOK_ONE_DOCTOR : FIRST_LOOK_MANY
  let first = all.first
  while (first <= all.last && found.lastStart() >= first * WEEK) {
    const begun = first === all.first ? weeksOf({ ...range, end: range.start + 1 }).last : first
    const weeks = { first, last: Math.min(all.last, begun + count - 1) }
    offer(found, await openWeeksOf(availability, sought, shape, { weeks, range }), { ...search, range })
    first = weeks.last + 1
    count *= 2
  }
  return found.inOrder()
}

/** Offers what is free in some weeks. */
function offer(
  found: FirstSlots,
  { windows, elsewhere }: WeekOpenings,
  { sought, shape, range, after }: SlotSearch,
): void {
  const { clinicIds } = sought
  for (const ofDoctor of windows)
    for (const window of ofDoctor) {
      if (window.start > found.lastStart()) break
      if (!clinicIds.has(window.clinicId)) continue
      eachFreeStart(
        { window, shape, range, elsewhere },
        (start, seats) => !isAfter(window, start, after) || found.offer(slotOf(window, shape, start, seats)),
      )
    }
}

/** True for what is behind the place. */
function isAfter({ doctorId }: { doctorId: string }, start: number, after: SlotSearch['after']): boolean {
  return after === undefined || start > after.start || (start === after.start && doctorId > after.doctorId)
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
