import type pg from 'pg'

import { appointmentColumns, type AppointmentRow } from './appointments.ts'

/**
 * Ends holds and unanswered requests whose time is over, at most `limit`, the oldest first. Several processes may do it
 * at once: each takes others.
 */
export async function expireLapsed(client: pg.ClientBase, limit: number): Promise<AppointmentRow[]> {
  const { rows } = await client.query<AppointmentRow>({
    name: 'expire-lapsed',
    text: `WITH lapsed AS (
             SELECT id FROM appointment WHERE status IN ('held', 'pending') AND coalesce(expires_at, lower(visit)) <= now()
             ORDER BY coalesce(expires_at, lower(visit)) LIMIT $1 FOR UPDATE SKIP LOCKED)
           UPDATE appointment a SET status = 'expired', expires_at = NULL, reason = NULL, action = 'expire', actor_id = NULL,
             actor_part = 'system', version = version + 1, updated_at = now()
           FROM lapsed WHERE a.id = lapsed.id
           RETURNING ${appointmentColumns('a.')}`,
    values: [limit],
  })
  return rows
}
