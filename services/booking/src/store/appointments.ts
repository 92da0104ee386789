import type { ActorPart, AppointmentStatus } from '@medqueue/contracts'

import type { Answer } from '../domain/answers.ts'

/** A row of the record, as the statements of this folder read it. Instants are Unix seconds, as text. */
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
  answers: Answer[] | null
  version: number
  room_id: string | null
  device_id: string | null
  session_id: string | null
  seat: number | null
  overbooked: boolean
  expires: string | null
  extended: boolean
  series_id: string | null
  late: boolean
  action: string
  actor_id: string | null
  actor_part: ActorPart
}

/** The columns of an AppointmentRow, for a SELECT or a RETURNING; `of` is the table's alias with a dot. */
export const appointmentColumns = (
  of = '',
) => `${of}id, ${of}doctor_id, ${of}patient_id, ${of}service_id, ${of}clinic_id,
  extract(epoch FROM lower(${of}visit))::bigint AS starts, extract(epoch FROM upper(${of}visit))::bigint AS ends,
  ${of}status, ${of}reason, ${of}message, ${of}answers, ${of}version, ${of}room_id, ${of}device_id, ${of}session_id, ${of}seat, ${of}overbooked,
  ceil(extract(epoch FROM ${of}expires_at))::bigint AS expires, ${of}extended, ${of}series_id, ${of}late,
  ${of}action, ${of}actor_id, ${of}actor_part`

export const APPOINTMENT_COLUMNS = appointmentColumns()
