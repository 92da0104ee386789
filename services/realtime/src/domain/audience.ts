import { namesOf, type Role } from '@medqueue/contracts'

/** Whose events a socket gets: everybody's own as patient, and as doctor when the token says so. */
export interface Audience {
  /** The person's id, which is the patient's record id and the doctor's. */
  id: string
  asDoctor: boolean
}

/** The people whom an appointment event concerns. */
export interface Parties {
  doctorId: string
  patientId: string
  /** Who had the visit before it went to another doctor. */
  previousDoctorId?: string | undefined
}

export function audienceOf(id: string, roles: readonly Role[]): Audience {
  return { id, asDoctor: roles.includes('doctor') }
}

/** Each of the people once. */
export function peopleOf({ doctorId, patientId, previousDoctorId = doctorId }: Parties): string[] {
  return [...new Set([doctorId, patientId, previousDoctorId])]
}

/** True when the event is for the person, as patient or as doctor. */
export function concerns({ id, asDoctor }: Audience, parties: Parties): boolean {
  const { doctorId, patientId, previousDoctorId } = parties
  return patientId === id || (asDoctor && (doctorId === id || previousDoctorId === id))
}

/** Subject patterns that select exactly what {@link concerns} selects. */
export function filterSubjects({ id, asDoctor }: Audience, prefix: string): string[] {
  const { subject } = namesOf(prefix)
  const asPatient = [`appointment.*.*.${id}`, `appointment.*.*.${id}.*`]
  const asOneDoctor = [`appointment.*.${id}.*`, `appointment.*.${id}.*.*`, `appointment.*.*.*.${id}`]
  return [...(asDoctor ? asOneDoctor : []), ...asPatient].map(subject)
}

/** Reads `appointment.<type>.<doctorId>.<patientId>[.<previousDoctorId>]`; undefined for any other subject. */
export function partiesOf(subject: string, prefix: string): Parties | undefined {
  const start = namesOf(prefix).subject('appointment.')
  const [, doctorId, patientId, previousDoctorId, ...more] = subject.slice(start.length).split('.')
  if (!subject.startsWith(start) || doctorId === undefined || patientId === undefined || more.length > 0)
    return undefined
  return { doctorId, patientId, ...(previousDoctorId === undefined ? {} : { previousDoctorId }) }
}
