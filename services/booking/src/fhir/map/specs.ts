import type { SearchSpec } from './search.ts'

const ID = { type: 'token', documentation: 'The id of the resource' } as const
const IDENTIFIER = {
  type: 'token',
  documentation: 'urn:ietf:rfc:3986|urn:uuid:… ; another system matches nothing',
} as const
const ACTIVE = { type: 'token', documentation: 'Active ones only, when not said' } as const

/** Resources of the directory that can be searched, with what they can be searched by. */
export const DIRECTORY_SPECS = {
  Practitioner: {
    params: { _id: ID, identifier: IDENTIFIER, active: ACTIVE, name: { type: 'string' } },
    includes: [],
  },
  PractitionerRole: {
    params: {
      _id: ID,
      active: ACTIVE,
      practitioner: { type: 'reference' },
      location: { type: 'reference' },
      service: { type: 'reference' },
      specialty: { type: 'token' },
    },
    includes: ['PractitionerRole:practitioner', 'PractitionerRole:location', 'PractitionerRole:service'],
  },
  HealthcareService: {
    params: {
      _id: ID,
      identifier: IDENTIFIER,
      active: ACTIVE,
      name: { type: 'string' },
      location: { type: 'reference' },
      'service-type': { type: 'token' },
    },
    includes: ['HealthcareService:location'],
  },
  Location: {
    params: {
      _id: ID,
      identifier: IDENTIFIER,
      status: { type: 'token', documentation: 'active or inactive; active ones only, when not said' },
      name: { type: 'string' },
      address: { type: 'string' },
      'address-city': { type: 'string' },
      'address-state': { type: 'string' },
    },
    includes: [],
  },
  Schedule: {
    params: {
      _id: ID,
      active: ACTIVE,
      actor: { type: 'reference' },
      'service-type': { type: 'token' },
      specialty: { type: 'token' },
    },
    includes: ['Schedule:actor'],
  },
} as const satisfies Record<string, SearchSpec>

export type DirectoryType = keyof typeof DIRECTORY_SPECS

export const DIRECTORY_TYPES = Object.keys(DIRECTORY_SPECS) as DirectoryType[]

export const SLOT_SPEC: SearchSpec = {
  params: {
    _id: ID,
    schedule: { type: 'reference' },
    'schedule.actor': { type: 'reference', documentation: 'A Practitioner, PractitionerRole or Location' },
    'service-type': { type: 'token' },
    specialty: { type: 'token' },
    status: { type: 'token', documentation: 'free, busy, busy-tentative' },
    start: { type: 'date', documentation: 'At most 180 days; 31 from now, when not said. Days are of UTC' },
  },
  includes: ['Slot:schedule'],
}

export const APPOINTMENT_SPEC: SearchSpec = {
  params: {
    _id: ID,
    identifier: IDENTIFIER,
    patient: { type: 'reference' },
    'patient.identifier': IDENTIFIER,
    practitioner: { type: 'reference' },
    'practitioner.identifier': IDENTIFIER,
    location: { type: 'reference' },
    actor: { type: 'reference' },
    date: { type: 'date', documentation: 'Of the start. Days are of UTC; a time needs an offset' },
    status: { type: 'token' },
    'service-type': { type: 'token' },
    specialty: { type: 'token', documentation: 'Of the practitioner' },
  },
  includes: [
    'Appointment:patient',
    'Appointment:practitioner',
    'Appointment:location',
    'Appointment:actor',
    'Appointment:slot',
  ],
}

export const RESPONSE_SPEC: SearchSpec = {
  params: { _id: ID, appointment: { type: 'reference' } },
  includes: [],
}

export const AUDIT_SPEC: SearchSpec = {
  params: {
    _id: ID,
    patient: { type: 'reference' },
    'patient.identifier': IDENTIFIER,
    date: { type: 'date', documentation: 'Of the record. Days are of UTC; a time needs an offset' },
    type: { type: 'token' },
    subtype: { type: 'token', documentation: 'The transaction: urn:ihe:event-type-code|ITI-117' },
  },
  includes: [],
}

export const QUESTIONNAIRE_SPEC: SearchSpec = { params: { _id: ID }, includes: [] }

export const PATIENT_SPEC: SearchSpec = { params: { _id: ID, identifier: IDENTIFIER }, includes: [] }

export const RELATED_SPEC: SearchSpec = {
  params: {
    _id: ID,
    patient: { type: 'reference' },
    identifier: { type: 'token', documentation: 'Of the person who acts: urn:ietf:rfc:3986|urn:uuid:…' },
  },
  includes: [],
}
