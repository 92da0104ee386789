import type pg from 'pg'

import type { AppointmentStatus } from '@medqueue/contracts'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'

/** The appointment, locked until the transaction ends, or undefined. */
export async function lockAppointment(
  client: pg.ClientBase,
  id: string,
): Promise<AppointmentRow | undefined> {
  const { rows } = await client.query<AppointmentRow>({
    name: 'lock-appointment',
    text: `SELECT ${APPOINTMENT_COLUMNS} FROM appointment WHERE id = $1 FOR UPDATE`,
    values: [id],
  })
  return rows[0]
}

/** Writes a new status with its reason; the version grows by one. */
export async function changeStatus(
  client: pg.ClientBase,
  change: { id: string; status: AppointmentStatus; reason: string | null },
): Promise<AppointmentRow | undefined> {
  const { rows } = await client.query<AppointmentRow>({
    name: 'change-status',
    text: `UPDATE appointment SET status = $2, reason = $3, version = version + 1, updated_at = now()
           WHERE id = $1 RETURNING ${APPOINTMENT_COLUMNS}`,
    values: [change.id, change.status, change.reason],
  })
  return rows[0]
}
