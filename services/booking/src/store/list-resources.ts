import type pg from 'pg'

export interface ResourceRow {
  id: string
  name: string
  kind: string
}

/** Rooms and devices of a clinic, by kind and name, at most `limit`. */
export async function listResources(pool: pg.Pool, clinicId: string, limit: number): Promise<ResourceRow[]> {
  const { rows } = await pool.query<ResourceRow>({
    name: 'list-resources',
    text: `SELECT id, name, kind FROM bookable_resource WHERE clinic_id = $1 AND active
           ORDER BY kind, name, id LIMIT $2`,
    values: [clinicId, limit],
  })
  return rows
}
