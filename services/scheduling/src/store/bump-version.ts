import type pg from 'pg'

import { formatDate } from '../domain/calendar.ts'
import type { Horizon } from '../domain/horizon.ts'

/** Notes a publication and returns its version, one more than the last. */
export async function bumpVersion(
  client: pg.ClientBase,
  doctorId: string,
  { today, to }: Horizon,
): Promise<number> {
  const { rows } = await client.query<{ version: string }>({
    name: 'bump-version',
    text: `INSERT INTO schedules AS s (doctor_id, version, published_on, published_to) VALUES ($1, 1, $2, $3)
           ON CONFLICT (doctor_id) DO UPDATE
           SET version = s.version + 1, published_on = EXCLUDED.published_on, published_to = EXCLUDED.published_to
           RETURNING version`,
    values: [doctorId, formatDate(today), formatDate(to)],
  })
  return Number(rows[0]?.version)
}
