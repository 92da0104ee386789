import type { SpecialtySnapshot } from '@medqueue/contracts'
import type pg from 'pg'

import { addMissing } from './add-missing.ts'

/** Adds the specialties that are missing; gives the ids of those added. */
export async function addSpecialties(
  client: pg.ClientBase,
  rows: readonly SpecialtySnapshot[],
): Promise<string[]> {
  return addMissing(
    client,
    `INSERT INTO specialty (id, version, active, name)
     SELECT * FROM jsonb_to_recordset($1) AS r (id uuid, version int, active boolean, name text)
     ON CONFLICT DO NOTHING RETURNING id`,
    rows,
  )
}
