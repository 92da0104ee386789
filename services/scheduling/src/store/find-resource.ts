import type pg from 'pg'

import { RESOURCE_COLUMNS, type ResourceRecord } from './records.ts'

/** The room or device with this id, active or not; `FOR UPDATE` keeps others from changing it meanwhile. */
export async function findResource(
  client: pg.ClientBase | pg.Pool,
  id: string,
  lock: '' | 'FOR UPDATE' = '',
): Promise<ResourceRecord | undefined> {
  const { rows } = await client.query<ResourceRecord>({
    name: `find-resource-${lock}`,
    text: `SELECT ${RESOURCE_COLUMNS} FROM resources WHERE id = $1 ${lock}`,
    values: [id],
  })
  return rows[0]
}
