import type pg from 'pg'

import { RESOURCE_COLUMNS, type ResourceRecord } from './records.ts'

export interface ResourceFilter {
  clinicId: string | null
  kind: string | null
  active: boolean | null
  /** Position of the last row of the page before. */
  after: string
  limit: number
}

export async function listResources(
  pool: pg.Pool,
  { clinicId, kind, active, after, limit }: ResourceFilter,
): Promise<ResourceRecord[]> {
  const { rows } = await pool.query<ResourceRecord>({
    name: 'list-resources',
    text: `SELECT ${RESOURCE_COLUMNS} FROM resources
           WHERE ($1::uuid IS NULL OR clinic_id = $1) AND ($2::text IS NULL OR kind = $2)
             AND ($3::boolean IS NULL OR active = $3) AND position > $4::bigint
           ORDER BY position LIMIT $5`,
    values: [clinicId, kind, active, after, limit],
  })
  return rows
}
