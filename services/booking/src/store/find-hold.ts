import type pg from 'pg'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'

/** The hold that a patient has on exactly that slot, or undefined. */
export async function findHold(
  client: pg.ClientBase,
  slot: { patientId: string; doctorId: string; serviceId: string; startSeconds: number },
): Promise<AppointmentRow | undefined> {
  const { rows } = await client.query<AppointmentRow>({
    name: 'find-hold',
    text: `SELECT ${APPOINTMENT_COLUMNS} FROM appointment
           WHERE patient_id = $1 AND status = 'held' AND doctor_id = $2 AND service_id = $3
             AND lower(visit) = to_timestamp($4) AND expires_at > now()`,
    values: [slot.patientId, slot.doctorId, slot.serviceId, slot.startSeconds],
  })
  return rows[0]
}
