import { setImmediate as nextTurn } from 'node:timers/promises'

import type { FhirResource } from 'fhir/r4.js'

import { formatInstant } from '../domain/instants.ts'
import {
  healthcareServiceOf,
  locationOf,
  placesIn,
  practitionerOf,
  roleOf,
  scheduleOf,
} from './map/directory.ts'
import type { FhirPorts } from './ports.ts'
import { slotsSought } from './slot-search.ts'
import type { Directory } from './store/list-directory.ts'

/** A file of the publication. Slots are in one file for each clinic, so that a file stays small. */
export interface BulkFile {
  name: string
  type: 'Location' | 'Schedule' | 'Slot' | 'PractitionerRole' | 'Practitioner' | 'HealthcareService'
  clinicId?: string
  /** State or province of what is in it; undefined when there are several, or none is known. */
  state?: string | undefined
}

const DAY = 86_400
/** How far ahead slots are published; seconds. */
const PUBLISHED = 14 * DAY
/** A file with more slots than this is not made: it is said instead. */
const MOST_SLOTS = 200_000

const WHOLE = ['Location', 'Schedule', 'PractitionerRole', 'Practitioner', 'HealthcareService'] as const

/** Every file there is now. */
export function bulkFiles({ clinics }: Directory): BulkFile[] {
  const open = [...clinics.values()].filter(({ active }) => active)
  return [
    ...WHOLE.map((type): BulkFile => ({ name: `${type}.ndjson`, type })),
    ...open.map(({ id, state }): BulkFile => {
      return { name: `Slot-${id}.ndjson`, type: 'Slot', clinicId: id, state: state ?? undefined }
    }),
  ]
}

/** The file of that name, or undefined. */
export function fileNamed(name: string, directory: Directory): BulkFile | undefined {
  return bulkFiles(directory).find((file) => file.name === name)
}

/** The manifest. `now` is Unix seconds. */
export function manifestOf(directory: Directory, { base, now }: { base: string; now: number }) {
  return {
    transactionTime: formatInstant(now),
    request: `${base}/$bulk-publish`,
    requiresAccessToken: false,
    output: bulkFiles(directory).map(({ name, type, state }) => ({
      type,
      url: `${base}/bulk/${name}`,
      ...(state === undefined ? {} : { extension: { state: [state] } }),
    })),
    error: [],
  }
}

/** The lines of a file. */
export async function contentOf(ports: FhirPorts, file: BulkFile, directory: Directory): Promise<string> {
  if (file.clinicId !== undefined) return slotsAt(ports, file.clinicId, directory)
  return linesOf(directoryOf(file.type, directory, ports.now()))
}

const linesOf = (resources: readonly FhirResource[]) =>
  resources.map((resource) => `${JSON.stringify(resource)}\n`).join('')

/** Only what is active: a doctor who takes no bookings is not published. */
function directoryOf(type: BulkFile['type'], directory: Directory, now: number): FhirResource[] {
  const doctors = [...directory.doctors.values()].filter(({ active }) => active)
  const clinics = [...directory.clinics.values()].filter(({ active }) => active)
  const services = [...directory.services.values()].filter(({ active }) => active)
  const open = new Set([...doctors, ...clinics].map(({ id }) => id))
  const places = placesIn(directory).filter((place) => open.has(place.doctorId) && open.has(place.clinicId))
  switch (type) {
    case 'Practitioner':
      return doctors.map(practitionerOf)
    case 'Location':
      return clinics.map(locationOf)
    case 'HealthcareService':
      return services.map((service) => healthcareServiceOf(service, directory))
    case 'PractitionerRole':
      return places.flatMap((place) => roleOf(place, directory) ?? [])
    case 'Schedule':
      return places.flatMap((place) => scheduleOf(place, directory, now) ?? [])
    case 'Slot':
      return []
  }
}

/** The slots of a clinic, day by day and service by service: between two pieces others get their turn. */
async function slotsAt(ports: FhirPorts, clinicId: string, directory: Directory): Promise<string> {
  const doctors = [...directory.doctors.values()].filter(
    ({ active, clinic_ids }) => active && clinic_ids.includes(clinicId),
  )
  const services = new Set(doctors.flatMap(({ service_ids }) => service_ids))
  const now = ports.now()
  const pieces: string[] = []
  let count = 0
  for (let start = now; start < now + PUBLISHED; start += DAY) {
    for (const serviceId of services) {
      const slots = await slotsSought(
        ports,
        {
          doctorIds: doctors.map(({ id }) => id),
          clinicIds: new Set([clinicId]),
          places: undefined,
          serviceIds: [serviceId],
          statuses: new Set(['free', 'busy', 'busy-tentative']),
          range: { start, end: start + DAY },
          after: undefined,
          limit: MOST_SLOTS,
        },
        directory,
      )
      count += slots.length
      if (count >= MOST_SLOTS) throw new Error('a file of slots has become too large: publish fewer days')
      pieces.push(linesOf(slots))
      await nextTurn()
    }
  }
  return pieces.join('')
}
