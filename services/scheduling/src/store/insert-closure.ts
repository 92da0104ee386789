import type pg from 'pg'

import { CLOSURE_COLUMNS, type ClosureRecord, type NewClosure } from './records.ts'

export async function insertClosure(
  client: pg.ClientBase,
  closure: NewClosure,
): Promise<ClosureRecord | undefined> {
  const { id, clinicId, date, lastDate, start, end, reason } = closure
  const { rows } = await client.query<ClosureRecord>({
    name: 'insert-closure',
    text: `INSERT INTO closures (id, clinic_id, dates, minutes, reason)
           VALUES ($1, $2, daterange($3, $4, '[]'), int4range($5, $6), $7) RETURNING ${CLOSURE_COLUMNS}`,
    values: [id, clinicId, date, lastDate, start, end, reason],
  })
  return rows[0]
}
