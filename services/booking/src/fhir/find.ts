import type { Appointment, Reference } from 'fhir/r4.js'

import { isActive } from '@medqueue/contracts'

import type { Interval, Slot } from '../domain/slots.ts'
import { proposedOf } from './map/appointment.ts'
import { SYSTEMS, uuidOf } from './map/codes.ts'
import { type Input, inputNamed, refuseOthers, textNamed } from './map/inputs.ts'
import { InvalidInput } from './map/invalid-input.ts'
import { startsIn } from './map/match.ts'
import { common } from './map/search.ts'
import { referencedId, spanOf, tokenMeans, tokenOf } from './map/search-values.ts'
import type { FhirPorts } from './ports.ts'
import type { Directory } from './store/list-directory.ts'

/** What `$find` was asked for. A set that is not there leaves everything. */
export interface FindWish {
  range: Interval
  doctorIds: ReadonlySet<string> | undefined
  clinicIds: ReadonlySet<string> | undefined
  serviceIds: readonly string[]
  count: number
  remarks: readonly string[]
}

export interface Found {
  appointments: Appointment[]
  total: number
  /** There is more than was counted. */
  isMore: boolean
}

/** The parameters of ITI-115; patients are read by the caller, who knows whose they may be. */
const KNOWN = [
  'start',
  'end',
  'specialty',
  'visit-type',
  'reason',
  'practitioner',
  'organization',
  'location-reference',
  'location-string',
  'patient-reference',
  'patient-resource',
  'insurance-reference',
  'referral-identifier',
  'timing',
  '_count',
]

/** Taken and not weighed: they are said so in the outcome. */
const NOT_WEIGHED = ['reason', 'insurance-reference', 'referral-identifier', 'timing']

/** Patients who are booked together. */
export const MOST_IN_GROUP = 20

const LONGEST_RANGE = 180 * 86_400
const MOST_COUNTED = 1_000
const MOST_SERVICES = 30
const USUAL_COUNT = 50

/** Throws InvalidInput. */
export function findWishOf(inputs: readonly Input[], directory: Directory, base: string): FindWish {
  refuseOthers(inputs, KNOWN)
  const doctors = doctorsBy(inputs, directory, base)
  const named = inputs.filter(({ name }) => name === 'organization').length > 0
  return {
    range: rangeOf(inputs),
    // There is one organisation here, and it has no record of its own: a reference to one leads nowhere.
    doctorIds: named ? new Set<string>() : doctors,
    clinicIds: clinicsBy(inputs, directory, base),
    serviceIds: servicesBy(inputs, directory),
    count: countOf(inputs),
    remarks: NOT_WEIGHED.filter((name) => inputs.some((input) => input.name === name)).map(
      (name) => `Not weighed in this search: ${name}.`,
    ),
  }
}

function rangeOf(inputs: readonly Input[]): Interval {
  const [start, end] = ['start', 'end'].map((name) => {
    const text = textNamed(inputs, name)
    if (text === undefined) throw new InvalidInput('required', 'This is missing', name)
    return spanOf(text, name).start
  })
  if (start === undefined || end === undefined || end <= start || end - start > LONGEST_RANGE) {
    throw new InvalidInput('value', 'The end comes after the start, by 180 days at most', 'end')
  }
  return { start, end }
}

function countOf(inputs: readonly Input[]): number {
  const text = textNamed(inputs, '_count') ?? String(USUAL_COUNT)
  if (!/^\d{1,9}$/.test(text)) throw new InvalidInput('value', 'This is not a number of entries', '_count')
  return Math.min(MOST_COUNTED, Number(text))
}

const allNamed = (inputs: readonly Input[], name: string) => inputs.filter((input) => input.name === name)

/** The ids references mean; undefined when there are none. One that leads elsewhere means nobody. */
function referredTo(
  inputs: readonly Input[],
  name: string,
  type: string,
  base: string,
): string[] | undefined {
  const given = allNamed(inputs, name)
  if (given.length === 0) return undefined
  return given.flatMap(({ reference }) => {
    if (reference === undefined) throw new InvalidInput('structure', 'This is a reference', name)
    return idOf(reference, type, base) ?? []
  })
}

/** The id a reference means, by address or by identifier, or undefined. */
export function idOf({ reference, identifier }: Reference, type: string, base: string): string | undefined {
  if (reference !== undefined) return referencedId(reference, type, base)
  return identifier === undefined ? undefined : uuidOf(identifier)
}

function tokensOf(inputs: readonly Input[], name: string) {
  const given = allNamed(inputs, name)
  if (given.length === 0) return undefined
  return given.flatMap(({ text }) => {
    if (text === undefined || text === '') throw new InvalidInput('structure', 'This is system|code', name)
    return text.split(',').map(tokenOf)
  })
}

function doctorsBy(inputs: readonly Input[], { doctors }: Directory, base: string) {
  const named = referredTo(inputs, 'practitioner', 'Practitioner', base)
  const tokens = tokensOf(inputs, 'specialty')
  const specialists = [...doctors.values()].filter(({ specialty_id }) =>
    tokens?.some((token) => tokenMeans(token, SYSTEMS.specialty, specialty_id)),
  )
  return common([
    named === undefined ? undefined : new Set(named),
    tokens === undefined ? undefined : new Set(specialists.map(({ id }) => id)),
  ])
}

function clinicsBy(inputs: readonly Input[], { clinics }: Directory, base: string) {
  const named = referredTo(inputs, 'location-reference', 'Location', base)
  const texts = allNamed(inputs, 'location-string').map(({ text = '' }) => text)
  const there = [...clinics.values()].filter(({ city, state }) =>
    texts.some((text) => [city, state ?? ''].some((part) => startsIn(part, text))),
  )
  return common([
    named === undefined ? undefined : new Set(named),
    texts.length === 0 ? undefined : new Set(there.map(({ id }) => id)),
  ])
}

function servicesBy(inputs: readonly Input[], { services }: Directory): string[] {
  const tokens = tokensOf(inputs, 'visit-type')
  const active = [...services.values()].filter((service) => service.active).map(({ id }) => id)
  if (tokens === undefined) return active
  return active.filter((id) => tokens.some((token) => tokenMeans(token, SYSTEMS.serviceType, id)))
}

/** The patients of `$find` by reference, identifier or resource, in order; undefined for each whom nobody knows here. */
export function patientsIn(inputs: readonly Input[], base: string): (string | undefined)[] {
  return inputs
    .filter(({ name }) => name === 'patient-reference' || name === 'patient-resource')
    .map((input) => {
      if (input.name === 'patient-resource') return patientOfResource(input)
      return input.reference === undefined ? undefined : idOf(input.reference, 'Patient', base)
    })
}

/** The same where there is one at most. */
export function patientIn(inputs: readonly Input[], base: string): string | undefined {
  const patients = patientsIn(inputs, base)
  if (patients.length > 1) {
    throw new InvalidInput('not-supported', 'Several patients are booked, not held', 'patient-reference')
  }
  return patients[0]
}

/** The id of a Patient that was sent, by its id or one of our identifiers. */
export function patientOfResource({ name, resource }: Input): string | undefined {
  if (resource?.resourceType !== 'Patient') throw new InvalidInput('structure', 'This is a Patient', name)
  const { id, identifier = [] } = resource
  return id ?? identifier.map(uuidOf).find((uuid) => uuid !== undefined)
}

/** Free times of all the services asked for, by start. Held times are taken. */
export async function findAppointments(
  ports: FhirPorts,
  wish: FindWish,
  about: { directory: Directory; patientIds: readonly string[]; seats: number },
): Promise<Found> {
  const { directory, patientIds, seats } = about
  if (wish.serviceIds.length > MOST_SERVICES) {
    throw new InvalidInput(
      'required',
      'There are too many services to search them all: name one',
      'visit-type',
    )
  }
  const busy = patientIds.length === 0 ? [] : await visitsOf(ports, patientIds, wish.range)
  const doctorIds = [...(wish.doctorIds ?? directory.doctors.keys())]
  const clinicIds = wish.clinicIds ?? new Set(directory.clinics.keys())
  const searches = wish.serviceIds.map(async (serviceId) => {
    const limit = MOST_COUNTED + 1
    const slots = await ports.freeSlots({ serviceId, doctorIds, clinicIds, range: wish.range, limit })
    return slots
      .filter((slot) => (slot.seatsLeft ?? 1) >= seats && !busy.some((visit) => meets(visit, slot)))
      .map((slot) => ({ slot, serviceId }))
  })
  const found = (await Promise.all(searches)).flat().sort((a, b) => a.slot.start - b.slot.start)
  return {
    appointments: found
      .slice(0, wish.count)
      .map(({ slot, serviceId }) => proposedOf(slot, serviceId, { directory, patientIds })),
    total: Math.min(found.length, MOST_COUNTED),
    isMore: found.length > MOST_COUNTED,
  }
}

const meets = (visit: Interval, slot: Slot) => visit.start < slot.end && slot.start < visit.end

/** When any of the patients is elsewhere. */
async function visitsOf(
  ports: FhirPorts,
  patientIds: readonly string[],
  { start, end }: Interval,
): Promise<Interval[]> {
  const { appointments } = await ports.appointments(
    { patientIds, from: start - 86_400, to: end },
    { limit: MOST_COUNTED },
  )
  return appointments
    .filter(({ status }) => isActive(status))
    .map((view) => ({ start: Date.parse(view.start) / 1000, end: Date.parse(view.end) / 1000 }))
}

/** The one parameter that names an appointment of `$hold` and `$book`, or undefined. */
export function appointmentNamed(inputs: readonly Input[], base: string): string | undefined {
  const input = inputNamed(inputs, 'appointment-reference')
  if (input === undefined) return undefined
  if (input.reference === undefined) {
    throw new InvalidInput('structure', 'This is a reference', 'appointment-reference')
  }
  // One that leads elsewhere names no appointment of ours: it is not found, whatever it is.
  return idOf(input.reference, 'Appointment', base) ?? ''
}
