import type { Caller } from '@medqueue/service-kit'

/** What IHE has audited: finding times for a patient, holding, booking, searching appointments. */
export const AUDITED = {
  'ITI-115': { name: 'Find Potential Appointments', profile: 'FindPotential' },
  'ITI-116': { name: 'Hold Appointment', profile: 'Hold' },
  'ITI-117': { name: 'Book Appointment', profile: 'Book' },
  'ITI-118': { name: 'Find Existing Appointments', profile: 'FindExisting' },
} as const
export type AuditTransaction = keyof typeof AUDITED

/** Something that was done about patients; each of them has an event of their own. */
export interface AuditEntry {
  transaction: AuditTransaction
  patientIds: readonly string[]
  /** Undefined for a search. */
  appointmentId?: string | undefined
  /** What was searched by, as `asTold` writes it. */
  query?: string | undefined
  actor: Pick<Caller, 'id' | 'roles'>
  /** The client's network address. */
  address: string
}

/** Parameters whose values are references, dates or numbers. The others may say what somebody is ill with. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...['start', 'end', 'date', 'status', '_count', '_id', 'identifier', '_include'],
  ...[
    'patient',
    'patient-reference',
    'patient.identifier',
    'practitioner',
    'practitioner.identifier',
    'actor',
  ],
  ...['location', 'location-reference', 'organization'],
])

const LONGEST = 2_000

/** A query for the trail: where it went, with values where those are no codes of health. */
export function asTold(path: string, parameters: Iterable<readonly [string, string]>): string {
  const told = [...parameters].map(([name, value]) => {
    const [bare = ''] = name.split(':')
    return HARMLESS.has(bare) && value !== '' ? `${name}=${value}` : name
  })
  // PostgreSQL keeps every character but one.
  return `${path}?${told.join('&')}`.replaceAll('\0', '\uFFFD').slice(0, LONGEST)
}
