import { type Interval, isFree, rankAlternatives, type Slot, type VisitShape } from '../domain/slots.ts'
import { type SlotFilter, soughtBy } from '../domain/sought.ts'
import type { Catalogue } from '../store/list-catalogue.ts'
import type { Availability } from './availability.ts'
import { searchSlots } from './search.ts'

export interface AlternativeWish {
  doctorId: string
  serviceId: string
  specialtyId: string
  start: number
  shape: VisitShape & { minimumNotice: number; horizon: number }
  /** When the patient is elsewhere. */
  elsewhere?: readonly Interval[]
}

export interface AlternativesOptions {
  availability: Availability
  catalogue: () => Catalogue
  /** Number in [0, 1). */
  random: () => number
  /** Unix seconds. */
  now: () => number
  /** Unix milliseconds or any other monotonic milliseconds, for the age of what is remembered. */
  monotonicMs: () => number
}

export type Alternatives = (wish: AlternativeWish) => Promise<Slot[]>

const TOLD = 5
const NEAR_SECONDS = 2 * 86_400
const FRESH_MS = 250
const REMEMBERED_MAX = 5_000

interface Remembered {
  at: number
  slots: Promise<Slot[]>
}

/**
 * Free slots for somebody who came too late: the same doctor and the same specialty, two days around. In a storm
 * thousands lose the same slot in a second: they share one search for a quarter of one, and each is told other slots
 * out of the best, so that they do not all run to the same next one.
 */
export function createAlternatives(options: AlternativesOptions): Alternatives {
  const { availability, catalogue, random, now, monotonicMs } = options
  const remembered = new Map<string, Remembered>()

  const search = async (wish: AlternativeWish): Promise<Slot[]> => {
    const { doctorId, serviceId, specialtyId, start, shape } = wish
    const sought = (filter: SlotFilter) => soughtBy(filter, catalogue())
    const earliest = now() + Math.max(60, shape.minimumNotice)
    const latest = now() + shape.horizon
    const range = {
      start: Math.max(earliest, start - NEAR_SECONDS),
      end: Math.min(latest, start + NEAR_SECONDS),
    }
    const [same, others] = await Promise.all([
      searchSlots(availability, { sought: sought({ serviceId, doctorId }), shape, range, limit: 200 }),
      searchSlots(availability, {
        sought: sought({ serviceId, specialtyId }),
        shape,
        range: { ...range, start: Math.max(range.start, start - 7_200) },
        limit: 100,
      }),
    ])
    const ranked = rankAlternatives([...same, ...others.filter((slot) => slot.doctorId !== doctorId)], {
      doctorId,
      clinicId: undefined,
      start,
    })
    if (ranked.length >= 3) return ranked
    const later = { start: range.start, end: Math.min(latest, range.start + 60 * 86_400) }
    return searchSlots(availability, {
      sought: sought({ serviceId, specialtyId }),
      shape,
      range: later,
      limit: 50,
    })
  }

  /** What was found a moment ago may have been taken since. */
  const isStillFree = async ({ doctorId, start }: Slot, shape: VisitShape) => {
    const windows = await availability.windows([doctorId], { start, end: start + 1 })
    return windows.some((window) => isFree(window, shape, start))
  }

  /** A few of the best that are free, starting at a random one of the first half, in rank order. */
  const told = async (slots: readonly Slot[], { shape, elsewhere = [] }: AlternativeWish) => {
    const from = Math.floor(random() * Math.max(1, Math.floor(slots.length / 2)))
    const free: Slot[] = []
    for (const slot of slots.slice(from)) {
      if (free.length === TOLD) break
      const meets = elsewhere.some(({ start, end }) => slot.start < end && start < slot.end)
      if (!meets && (await isStillFree(slot, shape))) free.push(slot)
    }
    return free
  }

  return async (wish) => {
    const key = `${wish.doctorId}:${wish.serviceId}:${Math.floor(wish.start / 3_600)}`
    const at = monotonicMs()
    let entry = remembered.get(key)
    if (entry === undefined || at - entry.at > FRESH_MS) {
      if (remembered.size >= REMEMBERED_MAX) remembered.clear()
      entry = { at, slots: search(wish) }
      remembered.set(key, entry)
      entry.slots.catch(() => remembered.delete(key))
    }
    return told(await entry.slots, wish)
  }
}
