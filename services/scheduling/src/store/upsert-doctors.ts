import type pg from 'pg'

import type { DoctorRecord } from './find-doctor.ts'

/** Keeps what the highest version says. Returns the ids of those changed. */
export async function upsertDoctors(
  client: pg.ClientBase,
  doctors: readonly (DoctorRecord & { version: number })[],
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({
    name: 'upsert-doctors',
    text: `INSERT INTO doctors AS d (id, version, active, clinic_ids)
           SELECT id, version, active, "clinicIds"
           FROM jsonb_to_recordset($1::jsonb) AS said (id uuid, version bigint, active boolean, "clinicIds" uuid[])
           ON CONFLICT (id) DO UPDATE
           SET version = EXCLUDED.version, active = EXCLUDED.active, clinic_ids = EXCLUDED.clinic_ids
           WHERE d.version < EXCLUDED.version
           RETURNING id`,
    values: [JSON.stringify(doctors)],
  })
  return rows.map(({ id }) => id)
}
