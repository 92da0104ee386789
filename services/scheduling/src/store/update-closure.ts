import type pg from 'pg'

import { CLOSURE_COLUMNS, type ClosureRecord, type NewClosure } from './records.ts'

/** Says a closure anew, under the next version. */
export async function updateClosure(
  client: pg.ClientBase,
  closure: NewClosure,
): Promise<ClosureRecord | undefined> {
  const { id, clinicId, date, lastDate, start, end, reason } = closure
  const { rows } = await client.query<ClosureRecord>({
    name: 'update-closure',
    text: `UPDATE closures SET clinic_id = $2, dates = daterange($3, $4, '[]'), minutes = int4range($5, $6),
             reason = $7, version = version + 1
           WHERE id = $1 RETURNING ${CLOSURE_COLUMNS}`,
    values: [id, clinicId, date, lastDate, start, end, reason],
  })
  return rows[0]
}
