import type {
  HealthcareService,
  Location,
  Practitioner,
  PractitionerRole,
  Reference,
  Schedule,
} from 'fhir/r4.js'

import type {
  Directory,
  DirectoryClinic,
  DirectoryDoctor,
  DirectoryService,
} from '../store/list-directory.ts'
import { concept, EXTENSIONS, identifierOf, SYSTEMS } from './codes.ts'
import { type Place, placeId } from './ids.ts'

/** A reference by id, with the name people know it by. */
export function referenceTo(type: string, id: string, display?: string): Reference {
  return { reference: `${type}/${id}`, ...(display === undefined ? {} : { display }) }
}

const metaOf = (version: number) => ({ meta: { versionId: String(version) } })

/** A specialty as a code; its name is there once the directory has told of it. */
export const specialtyConcept = ({ specialties }: Directory, id: string) =>
  concept(SYSTEMS.specialty, id, specialties.get(id)?.name)

export const serviceConcept = ({ services }: Directory, id: string) =>
  concept(SYSTEMS.serviceType, id, services.get(id)?.name)

export function practitionerOf(doctor: DirectoryDoctor): Practitioner {
  const { id, version, active, name, languages } = doctor
  return {
    resourceType: 'Practitioner',
    id,
    ...metaOf(version),
    identifier: [identifierOf(id)],
    active,
    name: [{ text: name }],
    ...(languages.length === 0
      ? {}
      : {
          communication: languages.map((code) => ({ coding: [{ system: 'urn:ietf:bcp:47', code }] })),
        }),
  }
}

export function locationOf(clinic: DirectoryClinic): Location {
  const { id, version, active, name, city, state, zone } = clinic
  return {
    resourceType: 'Location',
    id,
    ...metaOf(version),
    extension: [{ url: EXTENSIONS.timeZone, valueCode: zone }],
    identifier: [identifierOf(id)],
    status: active ? 'active' : 'inactive',
    name,
    mode: 'instance',
    address: { city, ...(state === null ? {} : { state }) },
  }
}

export function healthcareServiceOf(service: DirectoryService, directory: Directory): HealthcareService {
  const { id, version, active, name, request_fields: asked } = service
  const offering = [...directory.doctors.values()].filter(
    (doctor) => doctor.active && doctor.service_ids.includes(id),
  )
  const clinics = [...directory.clinics.values()].filter((clinic) =>
    offering.some(({ clinic_ids }) => clinic_ids.includes(clinic.id)),
  )
  return {
    resourceType: 'HealthcareService',
    id,
    ...metaOf(version),
    ...(asked.length === 0
      ? {}
      : { extension: [{ url: EXTENSIONS.questionnaire, valueReference: referenceTo('Questionnaire', id) }] }),
    identifier: [identifierOf(id)],
    active,
    type: [serviceConcept(directory, id)],
    ...(clinics.length === 0
      ? {}
      : { location: clinics.map((clinic) => referenceTo('Location', clinic.id, clinic.name)) }),
    name,
    appointmentRequired: true,
  }
}

/** Every doctor at each of their clinics. */
export function placesIn({ doctors, clinics }: Directory): Place[] {
  return [...doctors.values()].flatMap((doctor) =>
    doctor.clinic_ids
      .filter((clinicId) => clinics.has(clinicId))
      .map((clinicId) => ({ doctorId: doctor.id, clinicId })),
  )
}

/** The doctor and clinic of a place, or undefined when the doctor does not work there. */
function at({ doctors, clinics }: Directory, { doctorId, clinicId }: Place) {
  const [doctor, clinic] = [doctors.get(doctorId), clinics.get(clinicId)]
  if (doctor === undefined || clinic === undefined || !doctor.clinic_ids.includes(clinicId)) return undefined
  return { doctor, clinic, active: doctor.active && clinic.active }
}

/** What a doctor does at a clinic, or undefined when they do not work there. */
export function roleOf(place: Place, directory: Directory): PractitionerRole | undefined {
  const found = at(directory, place)
  if (found === undefined) return undefined
  const { doctor, clinic, active } = found
  return {
    resourceType: 'PractitionerRole',
    id: placeId(place),
    ...metaOf(Math.max(doctor.version, clinic.version)),
    active,
    practitioner: referenceTo('Practitioner', doctor.id, doctor.name),
    specialty: [specialtyConcept(directory, doctor.specialty_id)],
    location: [referenceTo('Location', clinic.id, clinic.name)],
    ...(doctor.service_ids.length === 0
      ? {}
      : {
          healthcareService: doctor.service_ids.map((id) =>
            referenceTo('HealthcareService', id, directory.services.get(id)?.name),
          ),
        }),
  }
}

/** The schedule of a doctor at a clinic. `today` is Unix seconds; dates are of UTC. */
export function scheduleOf(place: Place, directory: Directory, today: number): Schedule | undefined {
  const found = at(directory, place)
  if (found === undefined) return undefined
  const { doctor, clinic, active } = found
  const horizons = doctor.service_ids.map((id) => directory.services.get(id)?.horizon ?? 0)
  const id = placeId(place)
  return {
    resourceType: 'Schedule',
    id,
    ...metaOf(Math.max(doctor.version, clinic.version)),
    active,
    ...(doctor.service_ids.length === 0
      ? {}
      : { serviceType: doctor.service_ids.map((service) => serviceConcept(directory, service)) }),
    specialty: [specialtyConcept(directory, doctor.specialty_id)],
    actor: [
      referenceTo('Practitioner', doctor.id, doctor.name),
      referenceTo('PractitionerRole', id),
      referenceTo('Location', clinic.id, clinic.name),
    ],
    planningHorizon: { start: dateOf(today), end: dateOf(today + Math.max(0, ...horizons)) },
  }
}

const dateOf = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10)
