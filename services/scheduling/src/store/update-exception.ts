import type pg from 'pg'

import type { NewException } from './records.ts'

/** Says an exception anew: it becomes the latest word, and belongs to no bulk change any more. */
export async function updateException(client: pg.ClientBase, exception: NewException): Promise<void> {
  const { id, clinicId, kind, by, date, lastDate, start, end, reason } = exception
  await client.query({
    name: 'update-exception',
    text: `UPDATE rota_exceptions
           SET clinic_id = $2, kind = $3, dates = daterange($4, $5, '[]'), minutes = int4range($6, $7), reason = $8,
               by_minutes = $9,
               change_id = NULL, position = nextval('rota_exception_position'), version = version + 1
           WHERE id = $1`,
    values: [id, clinicId, kind, date, lastDate, start, end, reason, by],
  })
}
