import type pg from 'pg'

import { addMissing } from './add-missing.ts'

/** Adds the patients that are missing; gives the ids of those added. */
export async function addPatients(
  client: pg.ClientBase,
  rows: readonly { id: string; name: string; birthYear: number }[],
): Promise<string[]> {
  return addMissing(
    client,
    `INSERT INTO patient (id, name, birth_year)
     SELECT * FROM jsonb_to_recordset($1) AS r (id uuid, name text, "birthYear" smallint)
     ON CONFLICT DO NOTHING RETURNING id`,
    rows,
  )
}
