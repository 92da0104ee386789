import type { AppointmentStatus } from '@medqueue/contracts'

/** A row of the record, as the statements of this folder read it. */
export interface AppointmentRow {
  id: string
  doctor_id: string
  patient_id: string
  service_id: string
  clinic_id: string
  starts: string
  ends: string
  status: AppointmentStatus
  reason: string | null
  message: string | null
  version: number
}

/** The columns of an AppointmentRow, for a SELECT or a RETURNING. */
export const APPOINTMENT_COLUMNS = `id, doctor_id, patient_id, service_id, clinic_id,
  extract(epoch FROM lower(visit))::bigint AS starts, extract(epoch FROM upper(visit))::bigint AS ends,
  status, reason, message, version`
