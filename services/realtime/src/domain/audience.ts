import { namesOf, type Role } from '@medqueue/contracts'

/** Whose events a socket gets: everybody's own as patient, and as doctor when the token says so. */
export interface Audience {
  /** The person's id, which is the patient's record id and the doctor's. */
  id: string
  asDoctor: boolean
}

/** The two people whom an appointment event concerns. */
export interface Parties {
  doctorId: string
  patientId: string
}

export function audienceOf(id: string, roles: readonly Role[]): Audience {
  return { id, asDoctor: roles.includes('doctor') }
}

/** True when the event is for the person, as patient or as doctor. */
export function concerns({ id, asDoctor }: Audience, { doctorId, patientId }: Parties): boolean {
  return patientId === id || (asDoctor && doctorId === id)
}

/** Subject patterns that select exactly what {@link concerns} selects. */
export function filterSubjects({ id, asDoctor }: Audience, prefix: string): string[] {
  const { subject } = namesOf(prefix)
  const asPatient = subject(`appointment.*.*.${id}`)
  return asDoctor ? [subject(`appointment.*.${id}.*`), asPatient] : [asPatient]
}

/** Reads `appointment.<type>.<doctorId>.<patientId>` from the right, so that a prefix does not matter. */
export function partiesOf(subject: string): Parties | undefined {
  const [patientId, doctorId] = subject.split('.').reverse()
  if (patientId === undefined || doctorId === undefined || subject.split('.').length < 4) return undefined
  return { doctorId, patientId }
}
