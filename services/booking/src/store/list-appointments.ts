import type pg from 'pg'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'

export interface ListFilter {
  /** Whose: as patient, as doctor, or everybody's (both undefined). */
  patientId?: string | undefined
  doctorId?: string | undefined
  status?: string | undefined
  /** Unix seconds; starts in [from, to). */
  from?: number | undefined
  to?: number | undefined
  /** Goes on behind this start and id. */
  after?: { start: number; id: string } | undefined
  limit: number
}

/** Appointments by start, then id. */
export async function listAppointments(pool: pg.Pool, filter: ListFilter): Promise<AppointmentRow[]> {
  const { patientId, doctorId, status, from, to, after, limit } = filter
  const { rows } = await pool.query<AppointmentRow>({
    text: `
      SELECT ${APPOINTMENT_COLUMNS} FROM appointment
      WHERE ($1::uuid IS NULL OR patient_id = $1) AND ($2::uuid IS NULL OR doctor_id = $2)
        AND ($3::text IS NULL OR status = $3)
        AND ($4::float8 IS NULL OR lower(visit) >= to_timestamp($4))
        AND ($5::float8 IS NULL OR lower(visit) < to_timestamp($5))
        AND ($6::float8 IS NULL OR (lower(visit), id) > (to_timestamp($6), $7::uuid))
      ORDER BY lower(visit), id LIMIT $8`,
    values: [patientId, doctorId, status, from, to, after?.start, after?.id, limit],
  })
  return rows
}
