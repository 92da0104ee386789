import type { AuditEvent, AuditEventAgent, AuditEventEntity, Coding, Reference } from 'fhir/r4.js'

import { AUDITED } from '../audit/entry.ts'
import type { AuditRow } from '../store/search-audit-events.ts'
import { identifierOf, PROFILES, SYSTEMS } from './codes.ts'
import { referenceTo } from './directory.ts'

const THO = 'http://terminology.hl7.org/CodeSystem'
const DICOM = 'http://dicom.nema.org/resources/ontology/DCM'

const SERVER: Reference = { display: 'Medqueue booking' }

/**
 * An entry of the trail by IHE's Basic Audit Log Patterns, as the recipient of the transaction records it. IHE derives
 * all four transactions from its pattern of a create with a patient, searches too. `base` is the address of the API.
 */
export function auditEventOf(row: AuditRow, base: string): AuditEvent {
  const { id, recorded_at: recorded, transaction } = row
  const { name, profile } = AUDITED[transaction]
  return {
    resourceType: 'AuditEvent',
    id,
    meta: { versionId: '1', profile: [PROFILES.audit(profile)] },
    type: { system: `${THO}/audit-event-type`, code: 'rest', display: 'Restful Operation' },
    subtype: [
      { system: 'http://hl7.org/fhir/restful-interaction', code: 'create', display: 'create' },
      { system: SYSTEMS.auditTransaction, code: transaction, display: name },
    ],
    action: 'C',
    recorded: recorded.toISOString(),
    outcome: '0',
    agent: [clientOf(row), serverAt(base), userOf(row)],
    source: {
      site: new URL(base).host,
      observer: SERVER,
      type: [{ system: `${THO}/security-source-type`, code: '4', display: 'Application Server' }],
    },
    entity: [patientIn(row), dataIn(row)],
  }
}

const dicom = (code: string, display: string) => ({ coding: [{ system: DICOM, code, display }] })

function clientOf({ address }: AuditRow): AuditEventAgent {
  return {
    type: dicom('110153', 'Source Role ID'),
    who: { display: address },
    requestor: false,
    network: { address, type: '2' },
  }
}

function serverAt(base: string): AuditEventAgent {
  return {
    type: dicom('110152', 'Destination Role ID'),
    who: SERVER,
    requestor: false,
    network: { address: base, type: '5' },
  }
}

/** Who was logged in, with the roles of their token. */
function userOf({ actor_id: id, actor_roles: roles, patient_id: patientId }: AuditRow): AuditEventAgent {
  const system = `${THO}/v3-ParticipationType`
  return {
    type: { coding: [{ system, code: 'AUT', display: 'author (originator)' }] },
    ...(roles.length === 0
      ? {}
      : { role: roles.map((code) => ({ coding: [{ system: SYSTEMS.role, code }] })) }),
    who: personOf(id, roles, patientId),
    requestor: true,
  }
}

function personOf(id: string, roles: readonly string[], patientId: string): Reference {
  if (id === patientId) return referenceTo('Patient', id)
  if (roles.includes('doctor')) return referenceTo('Practitioner', id)
  return { identifier: identifierOf(id) }
}

function entity(what: Reference, type: Coding, role: Coding): AuditEventEntity {
  return {
    what,
    type: { system: `${THO}/audit-entity-type`, ...type },
    role: { system: `${THO}/object-role`, ...role },
  }
}

const patientIn = ({ patient_id: id }: AuditRow) =>
  entity(referenceTo('Patient', id), { code: '1', display: 'Person' }, { code: '1', display: 'Patient' })

/** The appointment; of a search, which is about many or none, the query. */
function dataIn({ appointment_id: id, query }: AuditRow): AuditEventEntity {
  const what: Reference =
    id === null ? { type: 'Appointment', display: 'A search' } : referenceTo('Appointment', id)
  const data = entity(
    what,
    { code: '2', display: 'System Object' },
    { code: '4', display: 'Domain Resource' },
  )
  return query === null ? data : { ...data, query: Buffer.from(query).toString('base64') }
}
