import type { ClinicSnapshot } from '@medqueue/contracts'
import type pg from 'pg'

import { addMissing } from './add-missing.ts'

/** Adds the clinics that are missing; gives the ids of those added. */
export async function addClinics(
  client: pg.ClientBase,
  rows: readonly (ClinicSnapshot & { neighbourhood: string | null })[],
): Promise<string[]> {
  return addMissing(
    client,
    `INSERT INTO clinic (id, version, active, name, city, state, zone, neighbourhood)
     SELECT * FROM jsonb_to_recordset($1) AS r (id uuid, version int, active boolean, name text, city text, state text,
       zone text, neighbourhood text)
     ON CONFLICT DO NOTHING RETURNING id`,
    rows,
  )
}
