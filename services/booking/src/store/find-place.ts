import type pg from 'pg'

/** A clinic as people find it. */
export interface PlaceRow {
  name: string
  city: string
  zone: string
}

export async function findPlace(pool: pg.Pool, clinicId: string): Promise<PlaceRow | undefined> {
  const { rows } = await pool.query<PlaceRow>({
    name: 'find-place',
    text: 'SELECT name, city, zone FROM clinic WHERE id = $1',
    values: [clinicId],
  })
  return rows[0]
}
