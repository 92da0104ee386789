import type pg from 'pg'

import type { Expected } from '../domain/etag.ts'
import type { ContactPatch, PatientRecord } from '../schemas/patient.ts'
import { selection } from './table.ts'
import { PATIENTS } from './tables.ts'

/** Changes only the fields that are present; null clears. Undefined when no row has the id and version. */
export async function patchContact(
  client: pg.ClientBase,
  { id, expected, patch }: { id: string; expected: Expected; patch: ContactPatch },
): Promise<PatientRecord | undefined> {
  const { rows } = await client.query<PatientRecord>(
    `UPDATE patient SET email = CASE WHEN $3 THEN $4 ELSE email END, phone = CASE WHEN $5 THEN $6 ELSE phone END,
       version = version + 1, updated_at = now()
     WHERE id = $1 AND ($2::int[] IS NULL OR version = ANY ($2)) RETURNING ${selection(PATIENTS)}`,
    [
      id,
      expected === 'any' ? null : expected,
      patch.email !== undefined,
      patch.email,
      patch.phone !== undefined,
      patch.phone,
    ],
  )
  return rows[0]
}
