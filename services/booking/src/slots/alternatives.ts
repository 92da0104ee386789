import { rankAlternatives } from '../domain/rank.ts'
import type { Interval, Slot } from '../domain/slots.ts'
import { type SlotFilter, soughtBy } from '../domain/sought.ts'
import type { Catalogue, CatalogueService } from '../store/list-catalogue.ts'
import type { Availability } from './availability.ts'
import { searchSlots, slotAt } from './search.ts'

export interface AlternativeWish {
  doctorId: string
  serviceId: string
  specialtyId: string
  start: number
  shape: CatalogueService
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
const ENOUGH = 3
const NEAR_SECONDS = 2 * 86_400
const LATER_SECONDS = 60 * 86_400
const FRESH_MS = 250
const REMEMBERED_MAX = 5_000

interface Remembered {
  at: number
  /** How many have been told of these slots. */
  asked: number
  slots: Promise<Slot[]>
}

/**
 * Free slots for somebody who came too late: the same doctor and the same specialty, two days around, near clinics
 * first; failing that, later, and whoever offers the service. In a storm thousands lose the same slot in a second: they
 * share one search for a quarter of one. The first is told the best; the more have asked since, the wider the others are
 * spread over the best half, so that they do not all run to the same next one.
 */
export function createAlternatives(options: AlternativesOptions): Alternatives {
  const { availability, catalogue, random, now, monotonicMs } = options
  const remembered = new Map<string, Remembered>()

  const find = ({ shape }: AlternativeWish, filter: SlotFilter, range: Interval, limit: number) =>
    searchSlots(availability, { sought: soughtBy(filter, catalogue()), shape, range, limit })

  const search = async (wish: AlternativeWish): Promise<Slot[]> => {
    const { doctorId, serviceId, specialtyId, start, shape } = wish
    const earliest = now() + Math.max(60, shape.minimumNotice)
    const latest = now() + shape.horizon
    const near = {
      start: Math.max(earliest, start - NEAR_SECONDS),
      end: Math.min(latest, start + NEAR_SECONDS),
    }
    const [same, others, [window]] = await Promise.all([
      find(wish, { serviceId, doctorId }, near, 200),
      find(wish, { serviceId, specialtyId }, { ...near, start: Math.max(near.start, start - 7_200) }, 100),
      availability.windows([doctorId], { start, end: start + 1 }),
    ])
    const cityOf = (clinicId: string) => catalogue().clinics.get(clinicId)?.city
    const rank = (slots: readonly Slot[]) =>
      rankAlternatives(slots, { doctorId, clinicId: window?.clinicId, start, cityOf })
    const ranked = rank([...same, ...others.filter((slot) => slot.doctorId !== doctorId)])
    if (ranked.length >= ENOUGH) return ranked
    const later = { start: near.start, end: Math.min(latest, near.start + LATER_SECONDS) }
    const inSpecialty = await find(wish, { serviceId, specialtyId }, later, 50)
    return rank(inSpecialty.length >= ENOUGH ? inSpecialty : await find(wish, { serviceId }, later, 50))
  }

  /** What was found a moment ago may have been taken since. */
  const isStillFree = async ({ doctorId, clinicId, start }: Slot, shape: CatalogueService) => {
    const sought = { doctorIds: [doctorId], clinicIds: new Set([clinicId]) }
    return (await slotAt(availability, { sought, shape, start })) !== undefined
  }

  /** A few that are free, in rank order, starting with the best, or after `before` others at one as far behind at most. */
  const told = async (slots: readonly Slot[], { shape, elsewhere = [] }: AlternativeWish, before: number) => {
    const from = Math.floor(random() * Math.min(before + 1, Math.max(1, Math.floor(slots.length / 2))))
    const free = new Set<Slot>()
    for (const slot of [...slots.slice(from), ...slots.slice(0, from)]) {
      if (free.size === TOLD) break
      const meets = elsewhere.some(({ start, end }) => slot.start < end && start < slot.end)
      if (!meets && (await isStillFree(slot, shape))) free.add(slot)
    }
    return slots.filter((slot) => free.has(slot))
  }

  return async (wish) => {
    const key = `${wish.doctorId}:${wish.serviceId}:${Math.floor(wish.start / 3_600)}`
    const at = monotonicMs()
    let entry = remembered.get(key)
    if (entry === undefined || at - entry.at > FRESH_MS) {
      if (remembered.size >= REMEMBERED_MAX) remembered.clear()
      entry = { at, asked: 0, slots: search(wish) }
      remembered.set(key, entry)
      entry.slots.catch(() => remembered.delete(key))
    }
    const before = entry.asked++
    return told(await entry.slots, wish, before)
  }
}
