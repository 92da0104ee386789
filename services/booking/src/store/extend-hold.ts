import type pg from 'pg'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'

/** Lets a hold last `seconds` longer, once; undefined when it is over or was extended before. */
export async function extendHold(
  client: pg.ClientBase,
  { id, actorId, actorPart, seconds }: { id: string; actorId: string; actorPart: string; seconds: number },
): Promise<AppointmentRow | undefined> {
  const { rows } = await client.query<AppointmentRow>({
    name: 'extend-hold',
    text: `UPDATE appointment SET expires_at = least(expires_at + make_interval(secs => $4), lower(visit)), extended = true,
             action = 'extend', actor_id = $2, actor_part = $3, version = version + 1, updated_at = now()
           WHERE id = $1 AND status = 'held' AND expires_at > now() AND NOT extended
           RETURNING ${APPOINTMENT_COLUMNS}`,
    values: [id, actorId, actorPart, seconds],
  })
  return rows[0]
}
