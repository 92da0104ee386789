import type pg from 'pg'

import type { RelatedRow } from './list-related.ts'

/** What the person takes part in under that id, also when it is over; undefined when there is no such thing. */
export async function findRelated(
  pool: pg.Pool,
  { id, personId }: { id: string; personId: string },
): Promise<RelatedRow | undefined> {
  const { rows } = await pool.query<RelatedRow>({
    name: 'fhir-find-related',
    text: `SELECT id, version, active, patient_id, proxy_id, relationship, expires_at FROM patient_proxy
           WHERE id = $1 AND (patient_id = $2 OR proxy_id = $2)`,
    values: [id, personId],
  })
  return rows[0]
}
