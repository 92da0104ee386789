import type { CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r4.js'

import { AUDITED } from '../audit/entry.ts'
import { PROFILES } from './codes.ts'
import type { SearchSpec } from './search.ts'
import {
  APPOINTMENT_SPEC,
  AUDIT_SPEC,
  DIRECTORY_SPECS,
  DIRECTORY_TYPES,
  PATIENT_SPEC,
  QUESTIONNAIRE_SPEC,
  RELATED_SPEC,
  RESPONSE_SPEC,
  SLOT_SPEC,
} from './specs.ts'

const IHE = 'https://profiles.ihe.net/ITI/Scheduling'

function searchable(
  type: CapabilityStatementRestResource['type'],
  { params, includes }: SearchSpec,
): CapabilityStatementRestResource {
  return {
    type,
    interaction: [{ code: 'read' }, { code: 'search-type' }],
    versioning: 'versioned',
    readHistory: false,
    updateCreate: false,
    referencePolicy: ['literal', 'local'],
    ...(includes.length === 0 ? {} : { searchInclude: [...includes] }),
    searchParam: Object.entries(params).map(([name, { type: kind, documentation }]) => {
      return { name, type: kind, ...(documentation === undefined ? {} : { documentation }) }
    }),
  }
}

const operation = (name: string, documentation: string) => {
  return { name, definition: `${IHE}/OperationDefinition/appointment-${name}`, documentation }
}

function appointment(): CapabilityStatementRestResource {
  return {
    ...searchable('Appointment', APPOINTMENT_SPEC),
    supportedProfile: [PROFILES.appointment],
    documentation:
      'Your own; with patient, also of a patient for whom you act, without comments unless you may read them; with the ' +
      'right to it, everybody’s. If-Match with the ETag of an appointment guards its changes by ' +
      '$book and AppointmentResponse.',
    operation: [
      operation(
        'find',
        'ITI-115. Open to everybody; with patients, what meets their other visits or has no seats for all is left out.',
      ),
      operation(
        'hold',
        'ITI-116. Keeps an appointment that $find proposed for five minutes. With patient-reference, for a patient for whom you act.',
      ),
      operation(
        'book',
        'ITI-117. A proposed or held appointment by reference, or a resource: pending is a new one, booked moves one, ' +
          'cancelled cancels one; of a patient for whom you act, too. Several patients take seats of one start, all or ' +
          'none. An Idempotency-Key makes repeating it safe.',
      ),
    ],
  }
}

function response(): CapabilityStatementRestResource {
  const readable = searchable('AppointmentResponse', RESPONSE_SPEC)
  return {
    ...readable,
    interaction: [...(readable.interaction ?? []), { code: 'create' }],
    documentation:
      'A doctor accepts or declines what waits for them; a patient declines what was booked. What is read is what the ' +
      'state of the appointment says.',
  }
}

export interface Served {
  base: string
  /** When this description came into force; RFC 3339. */
  date: string
  version: string
}

/** What this API does, and nothing it does not. */
export function capabilityStatement({ base, date, version }: Served): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    name: 'MedqueueScheduling',
    title: 'Medqueue scheduling',
    status: 'active',
    date,
    publisher: 'Medqueue',
    kind: 'instance',
    software: { name: 'Medqueue booking', version },
    implementation: { description: 'Appointments of hospitals and clinics', url: base },
    fhirVersion: '4.0.1',
    format: ['json', 'xml', 'application/fhir+json', 'application/fhir+xml'],
    rest: [
      {
        mode: 'server',
        security: {
          cors: false,
          description:
            'Bearer token of the OpenID provider. Slots, schedules, practitioners, roles, services, locations, $find ' +
            'and $bulk-publish need none.',
        },
        resource: [
          appointment(),
          response(),
          searchable('Slot', SLOT_SPEC),
          ...DIRECTORY_TYPES.map((type) => searchable(type, DIRECTORY_SPECS[type])),
          {
            ...searchable('AuditEvent', AUDIT_SPEC),
            supportedProfile: Object.values(AUDITED).map(({ profile }) => PROFILES.audit(profile)),
            documentation: 'Who has asked after you by $find, $hold, $book and searches; the latest first.',
          },
          {
            ...searchable('Questionnaire', QUESTIONNAIRE_SPEC),
            documentation:
              'What a service asks, under the id of its HealthcareService. It is answered by a QuestionnaireResponse ' +
              'contained in the Appointment of $book, which supportingInformation leads to.',
          },
          {
            ...searchable('Patient', PATIENT_SPEC),
            documentation: 'Your own record; read by its id also that of a patient for whom you act.',
          },
          {
            ...searchable('RelatedPerson', RELATED_SPEC),
            documentation:
              'Who acts for you, and for whom you act; granted and revoked at the directory. The person is told by ' +
              'identifier. Searched is what holds now; read by its id also what is over.',
          },
        ],
        operation: [
          {
            name: 'bulk-publish',
            definition: 'http://hl7.org/fhir/uv/ssl/OperationDefinition/bulk-publish',
            documentation: 'SMART Scheduling Links: a manifest of NDJSON files. Poll once a minute at most.',
          },
        ],
      },
    ],
  }
}
