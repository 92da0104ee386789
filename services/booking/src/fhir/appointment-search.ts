import { type Caller, ProblemError } from '@medqueue/service-kit'

import { FhirErrors } from './errors.ts'
import { SYSTEMS, uuidOf } from './map/codes.ts'
import { isUuid } from './map/ids.ts'
import { InvalidInput } from './map/invalid-input.ts'
import { common, type Search } from './map/search.ts'
import { boundsOf, referencedId, tokenMeans, tokenOf } from './map/search-values.ts'
import { FHIR_STATUSES, statusesOf } from './map/statuses.ts'
import type { FhirPorts } from './ports.ts'
import type { Directory } from './store/list-directory.ts'
import type { AppointmentFilter } from './store/search-appointments.ts'

interface Context {
  directory: Directory
  base: string
}

type Ids = ReadonlySet<string>

/** The ids each value of a filter means. What points elsewhere means none. */
const IDS: Readonly<Record<string, (value: string, context: Context) => readonly string[]>> = {
  _id: (value) => (isUuid(value) ? [value] : []),
  identifier: identified,
  'patient.identifier': identified,
  'practitioner.identifier': identified,
  patient: (value, { base }) => referenced(value, 'Patient', base),
  practitioner: (value, { base }) => referenced(value, 'Practitioner', base),
  location: (value, { base }) => referenced(value, 'Location', base),
  'service-type': (value, { directory }) =>
    [...directory.services.keys()].filter((id) => tokenMeans(tokenOf(value), SYSTEMS.serviceType, id)),
  specialty: (value, { directory }) =>
    [...directory.doctors.values()]
      .filter(({ specialty_id }) => tokenMeans(tokenOf(value), SYSTEMS.specialty, specialty_id))
      .map(({ id }) => id),
  status: (value) => statusesMeant(value),
}

function identified(value: string): string[] {
  const { system, code } = tokenOf(value)
  return [uuidOf({ system, value: code })].filter((id) => id !== undefined)
}

function referenced(value: string, type: string, base: string): string[] {
  const id = referencedId(value, type, base)
  return id !== undefined && isUuid(id) ? [id] : []
}

function statusesMeant(value: string): readonly string[] {
  const { code = '' } = tokenOf(value)
  if (!FHIR_STATUSES.has(code)) throw new InvalidInput('value', 'There is no such status', 'status')
  return statusesOf(code)
}

/** Which appointments a search means, before it is asked who may see them. */
function asAsked(search: Search, context: Context): AppointmentFilter {
  const idsOf = (...names: string[]): readonly string[] | undefined => {
    const sets = search.filters
      .filter(({ name }) => names.includes(name))
      .map(({ name, values }): Ids => new Set(values.flatMap((value) => IDS[name]?.(value, context) ?? [])))
    const both = common(sets)
    return both === undefined ? undefined : [...both]
  }
  const dates = search.filters.filter(({ name }) => name === 'date').flatMap(({ values }) => oneDate(values))
  const actors = actorsOf(search, context)
  return {
    ids: idsOf('_id', 'identifier'),
    patientIds: both(idsOf('patient', 'patient.identifier'), actors.patient),
    doctorIds: both(idsOf('practitioner', 'practitioner.identifier', 'specialty'), actors.practitioner),
    clinicIds: both(idsOf('location'), actors.location),
    serviceIds: idsOf('service-type'),
    statuses: idsOf('status'),
    ...boundsOf(dates, 'date'),
  }
}

function oneDate(values: readonly string[]): readonly string[] {
  if (values.length > 1)
    throw new InvalidInput('not-supported', 'Of several dates any one is not searched', 'date')
  return values
}

function both(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a.filter((id) => b.includes(id))
}

interface Actors {
  patient?: readonly string[]
  practitioner?: readonly string[]
  location?: readonly string[]
}

/** Each `actor` filter is of one kind: then it is as if the kind were named. */
function actorsOf({ filters }: Search, { base }: Context): Actors {
  const actors: Actors = {}
  for (const { values } of filters.filter(({ name }) => name === 'actor')) {
    const kinds = new Set(values.map((value) => /(?:^|\/)(Patient|Practitioner|Location)\//.exec(value)?.[1]))
    const [kind] = kinds
    if (kind === undefined || kinds.size > 1) {
      throw new InvalidInput('not-supported', 'Actors are of one kind, and named with it: Patient/1', 'actor')
    }
    const name = kind.toLowerCase() as keyof Actors
    const ids = values.flatMap((value) => referenced(value, kind, base))
    actors[name] = both(actors[name], ids) ?? []
  }
  return actors
}

/**
 * What a search means for this caller: everybody sees their own, as patient or as doctor, and of patients they name
 * those for whom they act; those with the right to it see all. Throws BOOKING_FHIR_PATIENT_FORBIDDEN for a patient who asks for somebody else's, and InvalidInput.
 */
export async function appointmentsFor(
  caller: Caller,
  search: Search,
  { proxiedOf, ...context }: Context & { proxiedOf: FhirPorts['proxied'] },
): Promise<AppointmentFilter> {
  const filter = asAsked(search, context)
  if (caller.can('appointment:read-any')) return filter
  const others = filter.patientIds?.filter((id) => id !== caller.id) ?? []
  if (others.length === 0) return { ...filter, personId: caller.id }
  const notes = await proxiedOf(caller, others)
  // A doctor may look for a patient among their own visits.
  if (others.some((id) => !notes.has(id)) && !caller.roles.includes('doctor')) {
    throw new ProblemError(FhirErrors.BOOKING_FHIR_PATIENT_FORBIDDEN, { field: 'patient' })
  }
  return { ...filter, acting: { id: caller.id, notes } }
}
