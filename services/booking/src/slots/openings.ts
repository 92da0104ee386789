import { placesFree, type Taken } from '../domain/places.ts'
import type { Elsewhere, Interval, VisitShape, WorkWindow } from '../domain/slots.ts'
import type { Sought } from '../domain/sought.ts'
import type { CatalogueService, Resources } from '../store/list-catalogue.ts'
import type { ResourceRole } from '../store/list-resource-busy.ts'
import { WEEK } from '../store/list-windows.ts'
import type { Availability } from './availability.ts'
import type { Weeks } from './week-keys.ts'

/** A service as a search sees it: what its visits take, and the rooms and devices that would do. */
export type SoughtShape = VisitShape & Pick<CatalogueService, 'rooms' | 'devices'>

/** Where visits of a service may begin: windows of doctors, and whether a room and a device can be had. */
export interface Openings {
  windows: WorkWindow[]
  elsewhere: Elsewhere
}

/** The openings of those sought for visits that begin in the range. */
export async function openingsOf(
  availability: Availability,
  { doctorIds, clinicIds }: Sought,
  shape: SoughtShape,
  range: Interval,
): Promise<Openings> {
  const [windows, elsewhere] = await Promise.all([
    availability.windows(doctorIds, range),
    elsewhereOf(availability, clinicIds, shape, range),
  ])
  return { windows: windows.filter(({ clinicId }) => clinicIds.has(clinicId)), elsewhere }
}

/** The openings of whole weeks: for each week and doctor the windows that begin in it, sorted by start, in all clinics. */
export interface WeekOpenings {
  windows: readonly (readonly WorkWindow[])[]
  elsewhere: Elsewhere
}

/** The openings of those sought in some weeks for visits that begin in the range. */
export async function openWeeksOf(
  availability: Availability,
  { doctorIds, clinicIds }: Sought,
  shape: SoughtShape,
  { weeks, range }: { weeks: Weeks; range: Interval },
): Promise<WeekOpenings> {
  const begins = {
    start: Math.max(range.start, weeks.first * WEEK),
    // The last window of the last week may end a day behind it.
    end: Math.min(range.end, (weeks.last + 1) * WEEK + 86_400),
  }
  const [windows, elsewhere] = await Promise.all([
    availability.windowsOfWeeks(doctorIds, weeks),
    elsewhereOf(availability, clinicIds, shape, begins),
  ])
  return { windows, elsewhere }
}

/** Whether rooms and devices of the clinics can be had by visits that begin in the range. */
async function elsewhereOf(
  availability: Availability,
  clinicIds: ReadonlySet<string>,
  shape: SoughtShape,
  { start, end }: Interval,
): Promise<Elsewhere> {
  const blocked = { start: start - shape.bufferBefore, end: end + shape.duration + shape.bufferAfter }
  const needed = neededBy(shape).map((need) => takenOf(availability, need, clinicIds, blocked))
  return placesFree(shape, await Promise.all(needed))
}

function neededBy({ rooms, devices }: SoughtShape) {
  return [
    ...(rooms === undefined ? [] : [{ role: 'room' as const, resources: rooms }]),
    ...(devices === undefined ? [] : [{ role: 'device' as const, resources: devices }]),
  ]
}

/** What is taken of the rooms or devices of those clinics. */
async function takenOf(
  { taken }: Availability,
  { role, resources }: { role: ResourceRole; resources: Resources },
  clinicIds: ReadonlySet<string>,
  interval: Interval,
): Promise<Taken> {
  const clinics = [...resources].filter(([clinicId]) => clinicIds.has(clinicId))
  const ids = clinics.flatMap(([, ofClinic]) => ofClinic)
  const lists = await taken(role, ids, interval)
  let from = 0
  return new Map(
    clinics.map(([clinicId, { length }]) => [clinicId, lists.slice(from, (from += length))] as const),
  )
}
