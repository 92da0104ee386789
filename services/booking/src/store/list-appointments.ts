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

/** The condition of each filter; only those asked for are in the statement, so that each has a plan that fits. */
const CONDITIONS: readonly { of: (filter: ListFilter) => unknown; sql: (parameter: string) => string }[] = [
  { of: ({ patientId }) => patientId, sql: (parameter) => `patient_id = ${parameter}` },
  { of: ({ doctorId }) => doctorId, sql: (parameter) => `doctor_id = ${parameter}` },
  { of: ({ status }) => status, sql: (parameter) => `status = ${parameter}` },
  // Holds are told to those who ask for them.
  {
    of: ({ status }) => (status === 'held' ? undefined : true),
    sql: (parameter) => `requested = ${parameter}`,
  },
  { of: ({ from }) => from, sql: (parameter) => `lower(visit) >= to_timestamp(${parameter})` },
  { of: ({ to }) => to, sql: (parameter) => `lower(visit) < to_timestamp(${parameter})` },
]

/** Appointments by start, then id. */
export async function listAppointments(pool: pg.Pool, filter: ListFilter): Promise<AppointmentRow[]> {
  const { after, limit } = filter
  const asked = CONDITIONS.filter(({ of }) => of(filter) !== undefined)
  const conditions = asked.map(({ sql }, index) => sql(`$${index + 4}`))
  const { rows } = await pool.query<AppointmentRow>({
    text: `
      SELECT ${APPOINTMENT_COLUMNS} FROM appointment
      WHERE ${['($2::float8 IS NULL OR (lower(visit), id) > (to_timestamp($2), $3::uuid))', ...conditions].join(' AND ')}
      ORDER BY lower(visit), id LIMIT $1`,
    values: [limit, after?.start, after?.id, ...asked.map(({ of }) => of(filter))],
  })
  return rows
}
