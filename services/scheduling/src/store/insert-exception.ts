import type pg from 'pg'

import type { NewException } from './records.ts'

/** Adds an exception as the latest word. */
export async function insertException(client: pg.ClientBase, exception: NewException): Promise<void> {
  const { id, doctorId, clinicId, kind, by, date, lastDate, start, end, reason, changeId } = exception
  await client.query({
    name: 'insert-exception',
    text: `INSERT INTO rota_exceptions (id, doctor_id, clinic_id, kind, dates, minutes, reason, change_id, by_minutes)
           VALUES ($1, $2, $3, $4, daterange($5, $6, '[]'), int4range($7, $8), $9, $10, $11)`,
    values: [id, doctorId, clinicId, kind, date, lastDate, start, end, reason, changeId, by],
  })
}
