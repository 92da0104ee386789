import type { CodeableConcept, Identifier } from 'fhir/r4.js'

/** Code systems of this platform; the codes are the ids of the records. */
export const SYSTEMS = {
  serviceType: 'https://medqueue.dev/fhir/CodeSystem/service-type',
  specialty: 'https://medqueue.dev/fhir/CodeSystem/specialty',
  problem: 'https://medqueue.dev/fhir/CodeSystem/problem',
  /** IHE: why an appointment has the status it has. */
  statusReason: 'https://profiles.ihe.net/ITI/Scheduling/CodeSystem/status-reason',
  /** IHE: numbers of its transactions. */
  auditTransaction: 'urn:ihe:event-type-code',
  role: 'https://medqueue.dev/fhir/CodeSystem/role',
  /** HL7: what somebody is to a patient. */
  roleCode: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode',
  /** URIs as identifiers. */
  uri: 'urn:ietf:rfc:3986',
} as const

export const EXTENSIONS = {
  statusReason: 'https://profiles.ihe.net/ITI/Scheduling/StructureDefinition/extension-status-reason',
  bookingDeepLink: 'http://fhir-registry.smarthealthit.org/StructureDefinition/booking-deep-link',
  /** Of a HealthcareService: the Questionnaire that an appointment answers. */
  questionnaire: 'https://medqueue.dev/fhir/StructureDefinition/questionnaire',
  timeZone: 'https://medqueue.dev/fhir/StructureDefinition/time-zone',
} as const

export const PROFILES = {
  appointment: 'https://profiles.ihe.net/ITI/Scheduling/StructureDefinition/ihe-sched-appt',
  bundle: 'https://profiles.ihe.net/ITI/Scheduling/StructureDefinition/ihe-sched-avail-bundle',
  /** Of the audit event that a server records of a transaction. */
  audit: (transaction: string) =>
    `https://profiles.ihe.net/ITI/Scheduling/StructureDefinition/IHE.Scheduling.${transaction}.Audit.Recipient`,
} as const

/** A code of ours with the name people know it by, if it has one here. */
export function concept(system: string, code: string, name: string | undefined): CodeableConcept {
  return { coding: [{ system, code, ...(name === undefined ? {} : { display: name }) }], ...textIf(name) }
}

const textIf = (text: string | undefined) => (text === undefined ? {} : { text })

/** The identifier of each record: its UUID as a URN. */
export function identifierOf(uuid: string): Identifier {
  return { system: SYSTEMS.uri, value: `urn:uuid:${uuid}` }
}

/** The UUID an identifier names, or undefined for any identifier that is not one of ours. */
export function uuidOf({ system, value }: { system?: string | undefined; value?: string | undefined }) {
  if (system !== undefined && system !== SYSTEMS.uri) return undefined
  return /^(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(value ?? '')?.[1]
}
