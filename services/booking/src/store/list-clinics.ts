import type pg from 'pg'

export interface ClinicRow {
  id: string
  name: string
  /** IANA name. */
  zone: string
}

/** The clinics named, or all of them, by name. */
export async function listClinics(pool: pg.Pool, ids?: readonly string[]): Promise<ClinicRow[]> {
  const { rows } = await pool.query<ClinicRow>({
    name: 'list-clinics',
    text: `SELECT id, name, zone FROM clinic WHERE ($1::uuid[] IS NULL AND active) OR id = ANY ($1)
           ORDER BY name, id LIMIT 500`,
    values: [ids === undefined ? null : [...ids]],
  })
  return rows
}
