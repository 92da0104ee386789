import type pg from 'pg'

import type { Clinic } from '../domain/schedule.ts'

/** Keeps what the highest version says. Returns the ids of those changed. */
export async function upsertClinics(
  client: pg.ClientBase,
  clinics: readonly (Clinic & { version: number })[],
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({
    name: 'upsert-clinics',
    text: `INSERT INTO clinics AS c (id, version, active, zone)
           SELECT id, version, active, zone
           FROM jsonb_to_recordset($1::jsonb) AS said (id uuid, version bigint, active boolean, zone text)
           ON CONFLICT (id) DO UPDATE
           SET version = EXCLUDED.version, active = EXCLUDED.active, zone = EXCLUDED.zone
           WHERE c.version < EXCLUDED.version
           RETURNING id`,
    values: [JSON.stringify(clinics)],
  })
  return rows.map(({ id }) => id)
}
