import type pg from 'pg'

export interface SaidPlace {
  id: string
  version: number
  name: string
  city: string
  zone: string
}

/** Keeps what the highest version says. */
export async function upsertPlace(
  client: pg.ClientBase,
  { id, version, name, city, zone }: SaidPlace,
): Promise<void> {
  await client.query({
    name: 'upsert-calendar-place',
    text: `INSERT INTO calendar_places AS p (clinic_id, version, name, city, zone) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (clinic_id) DO UPDATE
           SET version = EXCLUDED.version, name = EXCLUDED.name, city = EXCLUDED.city, zone = EXCLUDED.zone
           WHERE p.version < EXCLUDED.version`,
    values: [id, version, name, city, zone],
  })
}
