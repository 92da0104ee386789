import type pg from 'pg'

import { type NewResource, RESOURCE_COLUMNS, type ResourceRecord } from './records.ts'

/** Adds rooms and devices; those whose id is known are left as they are. Gives those added. */
export async function insertResources(
  client: pg.ClientBase,
  resources: readonly NewResource[],
): Promise<ResourceRecord[]> {
  const { rows } = await client.query<ResourceRecord>({
    name: 'insert-resources',
    text: `INSERT INTO resources (id, active, kind, clinic_id, name)
           SELECT id, active, kind, "clinicId", name
           FROM jsonb_to_recordset($1::jsonb) AS said (id uuid, active boolean, kind text, "clinicId" uuid, name text)
           ON CONFLICT (id) DO NOTHING RETURNING ${RESOURCE_COLUMNS}`,
    values: [JSON.stringify(resources)],
  })
  return rows
}
