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

/** Keeps what the highest version says. No two of the visits are of one appointment. */
export async function upsertVisits(client: pg.ClientBase, visits: readonly SaidVisit[]): Promise<void> {
  await client.query({
    name: 'upsert-visits',
    text: `INSERT INTO appointments AS a (id, version, doctor_id, clinic_id, starts_at, ends_at, active)
           SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::timestamptz[], $7::bool[])
           ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, doctor_id = EXCLUDED.doctor_id,
             clinic_id = EXCLUDED.clinic_id, starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at,
             active = EXCLUDED.active
           WHERE a.version < EXCLUDED.version`,
    values: [
      visits.map(({ id }) => id),
      visits.map(({ version }) => version),
      visits.map(({ doctorId }) => doctorId),
      visits.map(({ clinicId }) => clinicId),
      visits.map(({ start }) => start),
      visits.map(({ end }) => end),
      visits.map(({ active }) => active),
    ],
  })
}
