import type pg from 'pg'

/** What an event says of an appointment; instants as written in it. */
export interface SaidVisit {
  id: string
  version: number
  doctorId: string
  clinicId: string
  start: string
  end: string
  active: boolean
}

/** Keeps what the highest version says. */
export async function upsertVisit(client: pg.ClientBase, visit: SaidVisit): Promise<void> {
  const { id, version, doctorId, clinicId, start, end, active } = visit
  await client.query({
    name: 'upsert-visit',
    text: `INSERT INTO appointments AS a (id, version, doctor_id, clinic_id, starts_at, ends_at, active)
           VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, doctor_id = EXCLUDED.doctor_id,
             clinic_id = EXCLUDED.clinic_id, starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at,
             active = EXCLUDED.active
           WHERE a.version < EXCLUDED.version`,
    values: [id, version, doctorId, clinicId, start, end, active],
  })
}
