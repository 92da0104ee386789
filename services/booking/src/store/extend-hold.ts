import type pg from 'pg'

import type { OutgoingEvent } from '@medqueue/messaging'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'

/**
 * Lets a hold last `seconds` longer, once, with the event that tells it, in one statement. Undefined, and nothing written,
 * when it is over, was extended before, or is no longer of the version before that of `changed`.
 */
export async function extendHold(
  db: Pick<pg.ClientBase, 'query'>,
  changed: Pick<AppointmentRow, 'id' | 'version' | 'actor_id' | 'actor_part'>,
  seconds: number,
  { subject, event }: OutgoingEvent,
): Promise<AppointmentRow | undefined> {
  const { id, version, actor_id, actor_part } = changed
  const { rows } = await db.query<AppointmentRow>({
    name: 'extend-hold',
    text: `WITH extended AS (
        UPDATE appointment SET expires_at = least(expires_at + make_interval(secs => $5), lower(visit)), extended = true,
          action = 'extend', actor_id = $3, actor_part = $4, version = version + 1, updated_at = now()
        WHERE id = $1 AND version = $2 - 1 AND status = 'held' AND expires_at > now() AND NOT extended
        RETURNING ${APPOINTMENT_COLUMNS}),
      told AS (INSERT INTO outbox (event_id, subject, event) SELECT $6, $7, $8 FROM extended
        RETURNING pg_notify('outbox', ''))
      SELECT * FROM extended`,
    values: [id, version, actor_id, actor_part, seconds, event.id, subject, JSON.stringify(event)],
  })
  return rows[0]
}
