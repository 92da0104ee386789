import type pg from 'pg'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'

/** The slots of a service that a patient holds now. */
export async function listOwnHolds(
  pool: pg.Pool,
  { patientId, serviceId }: { patientId: string; serviceId: string },
): Promise<AppointmentRow[]> {
  const { rows } = await pool.query<AppointmentRow>({
    name: 'list-own-holds',
    text: `SELECT ${APPOINTMENT_COLUMNS} FROM appointment
           WHERE patient_id = $1 AND status = 'held' AND service_id = $2 AND expires_at > now()`,
    values: [patientId, serviceId],
  })
  return rows
}
