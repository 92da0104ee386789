import { placesFree, type Taken } from '../domain/places.ts'
import type { Elsewhere, Interval, VisitShape, WorkWindow } from '../domain/slots.ts'
import type { Sought } from '../domain/sought.ts'
import type { CatalogueService, Resources } from '../store/list-catalogue.ts'
import type { ResourceRole } from '../store/list-resource-busy.ts'
import type { Availability } from './availability.ts'

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
  const blocked = {
    start: range.start - shape.bufferBefore,
    end: range.end + shape.duration + shape.bufferAfter,
  }
  const [windows, ...needed] = await Promise.all([
    availability.windows(doctorIds, range),
    ...neededBy(shape).map((need) => takenOf(availability, need, clinicIds, blocked)),
  ])
  return {
    windows: windows.filter(({ clinicId }) => clinicIds.has(clinicId)),
    elsewhere: placesFree(shape, needed),
  }
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
