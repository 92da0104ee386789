import type pg from 'pg'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'

/** A row to be changed, with what the service says of cancelling: seconds before the start until which it is in time. */
export interface ChangeableRow extends AppointmentRow {
  cancel_notice: number
}

const TO_CHANGE = `SELECT ${APPOINTMENT_COLUMNS}, coalesce((
    SELECT extract(epoch FROM s.cancel_notice)::int FROM service_type s WHERE s.id = service_id), 0) AS cancel_notice
  FROM appointment WHERE id = $1`

/** The appointment, locked until the transaction ends, or undefined. */
export async function lockAppointment(client: pg.ClientBase, id: string): Promise<ChangeableRow | undefined> {
  const text = `${TO_CHANGE} FOR UPDATE`
  const { rows } = await client.query<ChangeableRow>({ name: 'lock-appointment', text, values: [id] })
  return rows[0]
}

/** The same without a lock, for a change that names the version it was decided on. */
export async function readAppointment(pool: pg.Pool, id: string): Promise<ChangeableRow | undefined> {
  const { rows } = await pool.query<ChangeableRow>({
    name: 'read-appointment',
    text: TO_CHANGE,
    values: [id],
  })
  return rows[0]
}
