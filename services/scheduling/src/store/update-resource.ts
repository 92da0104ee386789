import type pg from 'pg'

import { type NewResource, RESOURCE_COLUMNS, type ResourceRecord } from './records.ts'

/** Says a room or device anew, under the next version. */
export async function updateResource(
  client: pg.ClientBase,
  { id, active, kind, clinicId, name }: NewResource,
): Promise<ResourceRecord | undefined> {
  const { rows } = await client.query<ResourceRecord>({
    name: 'update-resource',
    text: `UPDATE resources SET active = $2, kind = $3, clinic_id = $4, name = $5, version = version + 1
           WHERE id = $1 RETURNING ${RESOURCE_COLUMNS}`,
    values: [id, active, kind, clinicId, name],
  })
  return rows[0]
}
