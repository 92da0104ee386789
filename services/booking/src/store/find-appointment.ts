import type pg from 'pg'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'

/** One appointment, or undefined. */
export async function findAppointment(pool: pg.Pool, id: string): Promise<AppointmentRow | undefined> {
  const { rows } = await pool.query<AppointmentRow>({
    name: 'find-appointment',
    text: `SELECT ${APPOINTMENT_COLUMNS} FROM appointment WHERE id = $1`,
    values: [id],
  })
  return rows[0]
}
