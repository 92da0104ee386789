import type { EventEnvelope } from '@medqueue/contracts'
import type pg from 'pg'

/** Events about one aggregate that wait in the outbox, oldest first, with their subjects. */
export async function waiting(
  pool: pg.Pool,
  id: string,
): Promise<{ subject: string; event: EventEnvelope<Record<string, unknown>> }[]> {
  const { rows } = await pool.query<{ subject: string; event: string }>(
    `SELECT subject, event FROM outbox WHERE event::jsonb ->> 'subject' = $1 ORDER BY id`,
    [id],
  )
  return rows.map(({ subject, event }) => ({ subject, event: JSON.parse(event) as never }))
}
