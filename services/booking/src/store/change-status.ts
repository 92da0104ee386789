import type pg from 'pg'

import type { ActorPart, AppointmentStatus } from '@medqueue/contracts'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'

/** A locked row with what the service says of cancelling: seconds before the start until which it is in time. */
export interface LockedRow extends AppointmentRow {
  cancel_notice: number
}

/** The appointment, locked until the transaction ends, or undefined. */
export async function lockAppointment(client: pg.ClientBase, id: string): Promise<LockedRow | undefined> {
  const { rows } = await client.query<LockedRow>({
    name: 'lock-appointment',
    text: `SELECT ${APPOINTMENT_COLUMNS}, coalesce((
             SELECT extract(epoch FROM s.cancel_notice)::int FROM service_type s WHERE s.id = service_id), 0) AS cancel_notice
           FROM appointment WHERE id = $1 FOR UPDATE`,
    values: [id],
  })
  return rows[0]
}

export interface StatusChange {
  id: string
  status: AppointmentStatus
  reason: string | null
  late: boolean
  action: string
  /** Null: the system. */
  actorId: string | null
  actorPart: ActorPart
}

/** Writes a new status with who did it and why; the version grows by one. */
export async function changeStatus(
  client: pg.ClientBase,
  { id, status, reason, late, action, actorId, actorPart }: StatusChange,
): Promise<AppointmentRow | undefined> {
  const { rows } = await client.query<AppointmentRow>({
    name: 'change-status',
    text: `UPDATE appointment SET status = $2, reason = $3, late = $4, action = $5, actor_id = $6, actor_part = $7,
             expires_at = NULL, version = version + 1, updated_at = now()
           WHERE id = $1 RETURNING ${APPOINTMENT_COLUMNS}`,
    values: [id, status, reason, late, action, actorId, actorPart],
  })
  return rows[0]
}
