import type { AppointmentStatus } from '@medqueue/contracts'
import type { Appointment, AppointmentParticipant, Slot } from 'fhir/r4.js'

/** What FHIR R4 calls each of our states. What was declined and what lapsed it knows as cancelled only. */
const APPOINTMENT: Readonly<Record<AppointmentStatus, Appointment['status']>> = {
  held: 'pending',
  pending: 'pending',
  booked: 'booked',
  arrived: 'arrived',
  'checked-in': 'checked-in',
  'in-progress': 'checked-in',
  fulfilled: 'fulfilled',
  noshow: 'noshow',
  cancelled: 'cancelled',
  declined: 'cancelled',
  expired: 'cancelled',
  'entered-in-error': 'entered-in-error',
}

export const fhirStatusOf = (status: AppointmentStatus): Appointment['status'] => APPOINTMENT[status]

/** Our states that FHIR calls so; none for a status that is not FHIR's, or that nothing here has. */
export function statusesOf(fhirStatus: string): AppointmentStatus[] {
  const ours = Object.entries(APPOINTMENT) as [AppointmentStatus, string][]
  return ours.filter(([, theirs]) => theirs === fhirStatus).map(([status]) => status)
}

/** Every status an appointment of R4 can have: a search for another one is a mistake. */
export const FHIR_STATUSES: ReadonlySet<string> = new Set([
  'proposed',
  'pending',
  'booked',
  'arrived',
  'fulfilled',
  'cancelled',
  'noshow',
  'entered-in-error',
  'checked-in',
  'waitlist',
])

type Participation = AppointmentParticipant['status']

/** What the doctor has said. */
export function practitionerStatusOf(status: AppointmentStatus): Participation {
  if (status === 'held' || status === 'pending') return 'needs-action'
  return status === 'declined' || status === 'expired' ? 'declined' : 'accepted'
}

/** What the patient has said; a hold is not a request yet. */
export function patientStatusOf(status: AppointmentStatus, endedBy: string | undefined): Participation {
  if (status === 'held') return 'tentative'
  return status === 'cancelled' && endedBy === 'patient' ? 'declined' : 'accepted'
}

/** The status of the slot an appointment takes, or undefined when it takes none. */
export function slotStatusOf(status: AppointmentStatus): Slot['status'] | undefined {
  switch (APPOINTMENT[status]) {
    case 'pending':
      return 'busy-tentative'
    case 'cancelled':
    case 'noshow':
    case 'entered-in-error':
      return undefined
    default:
      return 'busy'
  }
}
