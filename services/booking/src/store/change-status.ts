import type pg from 'pg'

import type { ActorPart, AppointmentStatus } from '@medqueue/contracts'
import type { OutgoingEvent } from '@medqueue/messaging'

import type { AppointmentRow } from './appointments.ts'

export interface StatusChange {
  status: AppointmentStatus
  reason: string | null
  late: boolean
  action: string
  /** Null: the system. */
  actorId: string | null
  actorPart: ActorPart
}

/** The row as it will be after the change, which is known before it is made. */
export function changedRow(row: AppointmentRow, change: StatusChange): AppointmentRow {
  const { status, reason, late, action, actorId: actor_id, actorPart: actor_part } = change
  const version = row.version + 1
  return { ...row, status, reason, late, action, actor_id, actor_part, expires: null, version }
}

/**
 * Makes a row what `changedRow` says, with the event that tells it, in one statement: no transaction stays open while
 * this process is busy with thousands of others. False when the row is no longer of the version before: nothing is written.
 */
export async function changeStatus(
  db: Pick<pg.ClientBase, 'query'>,
  changed: AppointmentRow,
  { subject, event }: OutgoingEvent,
): Promise<boolean> {
  const { id, version, status, reason, late, action, actor_id, actor_part } = changed
  const { rowCount } = await db.query({
    name: 'change-status',
    text: `WITH changed AS (
        UPDATE appointment SET status = $3, reason = $4, late = $5, action = $6, actor_id = $7, actor_part = $8,
          expires_at = NULL, version = version + 1, updated_at = now()
        WHERE id = $1 AND version = $2 - 1 RETURNING id),
      told AS (INSERT INTO outbox (event_id, subject, event) SELECT $9, $10, $11 FROM changed)
      SELECT pg_notify('outbox', '') FROM changed`,
    values: [
      ...[id, version, status, reason, late, action, actor_id, actor_part],
      ...[event.id, subject, JSON.stringify(event)],
    ],
  })
  return rowCount === 1
}
