const THO = 'http://terminology.hl7.org/CodeSystem'

const dicom = (code: string, display: string) => ({
  coding: [{ system: 'http://dicom.nema.org/resources/ontology/DCM', code, display }],
})

const SERVER = { display: 'booking' }

const CLIENT_AGENT = {
  type: dicom('110153', 'Source Role ID'),
  who: { display: '::1' },
  requestor: false,
  network: { address: '::1', type: '2' },
}
const SERVER_AGENT = {
  type: dicom('110152', 'Destination Role ID'),
  who: SERVER,
  requestor: false,
  network: { address: 'https://clinic.example/fhir/R4', type: '5' },
}
const user = (code: string) => ({
  type: { coding: [{ system: `${THO}/v3-ParticipationType`, code }] },
  who: { reference: 'Patient/b' },
  requestor: true,
})
const PATIENT = {
  what: { reference: 'Patient/b' },
  type: { system: `${THO}/audit-entity-type`, code: '1', display: 'Person' },
  role: { system: `${THO}/object-role`, code: '1', display: 'Patient' },
}
const DATA = {
  what: { reference: 'Appointment/c' },
  type: { system: `${THO}/audit-entity-type`, code: '2', display: 'System Object' },
  role: { system: `${THO}/object-role`, code: '4', display: 'Domain Resource' },
}
const CREATE = { system: 'http://hl7.org/fhir/restful-interaction', code: 'create', display: 'create' }
const BOOK = { system: 'urn:ihe:event-type-code', code: 'ITI-117', display: 'Book Appointment' }

const EVENT = {
  resourceType: 'AuditEvent',
  id: 'a',
  meta: {
    profile: [
      'https://profiles.ihe.net/ITI/Scheduling/StructureDefinition/IHE.Scheduling.Book.Audit.Recipient',
    ],
  },
  type: { system: `${THO}/audit-event-type`, code: 'rest', display: 'Restful Operation' },
  subtype: [CREATE, BOOK],
  action: 'C',
  recorded: '2027-03-01T09:00:00Z',
  outcome: '0',
  agent: [CLIENT_AGENT, SERVER_AGENT, user('AUT')],
  source: { observer: SERVER },
  entity: [PATIENT, DATA],
}

/** Audit events of a booking, each broken in one way. */
export function auditControls(): [string, unknown][] {
  return [
    ['audit-without-transaction.json', { ...EVENT, subtype: [CREATE] }],
    ['audit-of-another-transaction.json', { ...EVENT, subtype: [CREATE, { ...BOOK, code: 'ITI-118' }] }],
    ['audit-without-patient.json', { ...EVENT, entity: [DATA] }],
    ['audit-of-two-patients.json', { ...EVENT, entity: [PATIENT, PATIENT, DATA] }],
    ['audit-without-appointment.json', { ...EVENT, entity: [PATIENT] }],
    ['audit-of-a-slot.json', { ...EVENT, entity: [PATIENT, { ...DATA, what: { reference: 'Slot/c' } }] }],
    ['audit-without-client.json', { ...EVENT, agent: [SERVER_AGENT, user('AUT')] }],
    ['audit-by-another-observer.json', { ...EVENT, source: { observer: { display: 'somebody else' } } }],
    ['audit-user-of-no-part.json', { ...EVENT, agent: [CLIENT_AGENT, SERVER_AGENT, user('IRCP')] }],
    ['audit-read.json', { ...EVENT, action: 'R' }],
  ]
}
