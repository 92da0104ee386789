import type pg from 'pg'

import { dateOf, type EpochDay, formatDate } from '../domain/calendar.ts'
import type { Horizon } from '../domain/horizon.ts'

export interface Publication {
  /** One more than the last. */
  version: number
  /** First day after everything published so far, this time included. */
  reach: EpochDay
}

/** Notes a publication. The caller holds the doctor's schedule, so what was published before does not move. */
export async function bumpVersion(
  client: pg.ClientBase,
  doctorId: string,
  { today, to }: Horizon,
): Promise<Publication> {
  const { rows } = await client.query<{ version: string; before: string | null }>({
    name: 'bump-version',
    text: `WITH last AS (SELECT published_to FROM schedules WHERE doctor_id = $1)
           INSERT INTO schedules AS s (doctor_id, version, published_on, published_to) VALUES ($1, 1, $2, $3)
           ON CONFLICT (doctor_id) DO UPDATE
           SET version = s.version + 1, published_on = EXCLUDED.published_on, published_to = EXCLUDED.published_to
           RETURNING version, (SELECT published_to::text FROM last) AS before`,
    values: [doctorId, formatDate(today), formatDate(to)],
  })
  const before = rows[0]?.before ?? null
  return { version: Number(rows[0]?.version), reach: before === null ? to : Math.max(to, dateOf(before)) }
}
