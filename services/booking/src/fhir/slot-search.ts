import type { Slot } from 'fhir/r4.js'

import type { Interval, Slot as FreeSlot } from '../domain/slots.ts'
import { isUuid, type Place } from './map/ids.ts'
import { InvalidInput } from './map/invalid-input.ts'
import { slotOf } from './map/slot.ts'
import { slotStatusOf } from './map/statuses.ts'
import type { FhirPorts } from './ports.ts'
import type { Directory } from './store/list-directory.ts'

/** Slots that are sought: of these doctors, at these clinics, for these services. */
export interface SlotsSought {
  doctorIds: readonly string[]
  clinicIds: ReadonlySet<string>
  /** Only these pairs of them; undefined: all. */
  places: readonly Place[] | undefined
  serviceIds: readonly string[]
  statuses: ReadonlySet<string>
  range: Interval
  after: SlotPlace | undefined
  limit: number
}

/** A place in the order of slots: by start, then service, then doctor. */
export interface SlotPlace {
  start: number
  serviceId: string
  doctorId: string
}

/** Each of them costs a search of its own. */
const MOST_SEARCHES = 60

/** A slot of one service; `taken` is what FHIR calls the state of one that somebody has. */
interface Found extends FreeSlot {
  serviceId: string
  taken: Slot['status'] | undefined
}

/** Slots, free ones and such as somebody has, in order, at most `limit`. Throws InvalidInput for what costs too much. */
export async function slotsSought(
  ports: FhirPorts,
  sought: SlotsSought,
  directory: Directory,
): Promise<Slot[]> {
  const [free, taken] = await Promise.all([freeSlots(ports, sought), takenSlots(ports, sought)])
  const look = { directory, bookingLink: ports.bookingLink }
  return [...free, ...taken]
    .sort(compare)
    .slice(0, sought.limit)
    .map((slot) => slotOf(slot, slot.serviceId, { ...look, status: slot.taken ?? 'free' }))
}

async function freeSlots(ports: FhirPorts, sought: SlotsSought): Promise<Found[]> {
  if (!sought.statuses.has('free')) return []
  const groups = groupsOf(sought)
  if (groups.length * sought.serviceIds.length > MOST_SEARCHES) {
    throw new InvalidInput('not-supported', 'This would search too much: name a schedule and a service type')
  }
  const searches = groups.flatMap((group) =>
    sought.serviceIds.map(async (serviceId) => {
      const slots = await ports.freeSlots({
        ...group,
        ...from(sought, serviceId),
        serviceId,
        limit: sought.limit,
      })
      return slots.map((slot) => ({ ...slot, serviceId, taken: undefined }))
    }),
  )
  return (await Promise.all(searches)).flat()
}

/** Doctors by clinic when pairs are named, and all of them at once when not. */
function groupsOf({ doctorIds, clinicIds, places }: SlotsSought) {
  if (places === undefined) return [{ doctorIds, clinicIds }]
  const clinics = new Set(places.map(({ clinicId }) => clinicId))
  return [...clinics].map((clinicId) => ({
    clinicIds: new Set([clinicId]),
    doctorIds: places.filter((place) => place.clinicId === clinicId).map(({ doctorId }) => doctorId),
  }))
}

/** Where the page starts for one service. */
function from({ range, after }: SlotsSought, serviceId: string) {
  if (after === undefined) return { range }
  const { start, doctorId } = after
  if (serviceId === after.serviceId) return { range: { ...range, start }, after: { start, doctorId } }
  return { range: { ...range, start: serviceId < after.serviceId ? start + 1 : start } }
}

async function takenSlots(ports: FhirPorts, sought: SlotsSought): Promise<Found[]> {
  const { statuses, doctorIds, clinicIds, places, serviceIds, range, after, limit } = sought
  if (!statuses.has('busy') && !statuses.has('busy-tentative')) return []
  const start = Math.max(range.start, after?.start ?? range.start)
  const isAsked = (slot: Found) =>
    clinicIds.has(slot.clinicId) &&
    serviceIds.includes(slot.serviceId) &&
    statuses.has(slot.taken ?? '') &&
    (places?.some(({ doctorId, clinicId }) => doctorId === slot.doctorId && clinicId === slot.clinicId) ??
      true) &&
    (after === undefined || compare(slot, after) > 0)
  const found = new Map<string, Found>()
  // What is left out was read for nothing: read on until there is enough.
  for (let next = start; next < range.end && found.size < limit;) {
    const most = limit + READ_MORE
    const rows = await ports.takenSlots({ doctorIds, from: next, to: range.end, limit: most })
    const slots = rows.map(({ status, ...slot }) => ({ ...slot, taken: slotStatusOf(status) }))
    for (const slot of slots.filter(isAsked)) found.set(encodePlace(slot), slot)
    const last = rows.at(-1)
    if (rows.length < most || last === undefined) break
    next = Math.max(next + 1, last.start)
  }
  return [...found.values()]
}

const READ_MORE = 500

function compare(a: SlotPlace, b: SlotPlace): number {
  if (a.start !== b.start) return a.start - b.start
  if (a.serviceId !== b.serviceId) return a.serviceId < b.serviceId ? -1 : 1
  return a.doctorId < b.doctorId ? -1 : Number(a.doctorId > b.doctorId)
}

/** A place as text that clients pass back. */
export function encodePlace({ start, serviceId, doctorId }: SlotPlace): string {
  return `${start}.${serviceId}.${doctorId}`
}

/** Throws InvalidInput for anything that `encodePlace` did not write. */
export function decodePlace(text: string): SlotPlace {
  const [start = '', serviceId = '', doctorId = ''] = text.split('.')
  if (!/^\d{1,10}$/.test(start) || !isUuid(serviceId) || !isUuid(doctorId)) {
    throw new InvalidInput('value', 'This is not a page of ours')
  }
  return { start: Number(start), serviceId, doctorId }
}
