import type { AppointmentResponse } from 'fhir/r4.js'

import type { Appointment as AppointmentView } from '../../api/schemas.ts'
import type { Directory } from '../store/list-directory.ts'
import { referenceTo } from './directory.ts'
import { isUuid } from './ids.ts'
import { patientStatusOf, practitionerStatusOf } from './statuses.ts'

/** Who answers an appointment. What they said is read off its state: nothing else is stored. */
export const RESPONDENTS = ['patient', 'practitioner'] as const
export type Respondent = (typeof RESPONDENTS)[number]

export const responseId = (appointmentId: string, by: Respondent) => `${appointmentId}-${by}`

/** The appointment and the respondent an id names, or undefined. */
export function respondentOf(id: string): { appointmentId: string; by: Respondent } | undefined {
  const appointmentId = id.slice(0, 36)
  const by = RESPONDENTS.find((each) => responseId(appointmentId, each) === id)
  return by !== undefined && isUuid(appointmentId) ? { appointmentId, by } : undefined
}

export function appointmentResponseOf(
  view: AppointmentView,
  by: Respondent,
  directory: Directory,
): AppointmentResponse {
  const { id, version, status, endedBy, start, end } = view
  const participantStatus = by === 'patient' ? patientStatusOf(status, endedBy) : practitionerStatusOf(status)
  return {
    resourceType: 'AppointmentResponse',
    id: responseId(id, by),
    meta: { versionId: String(version) },
    appointment: referenceTo('Appointment', id),
    start,
    end,
    actor:
      by === 'patient'
        ? referenceTo('Patient', view.patientId)
        : referenceTo('Practitioner', view.doctorId, directory.doctors.get(view.doctorId)?.name),
    participantStatus,
  }
}
