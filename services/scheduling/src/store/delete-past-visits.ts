import type pg from 'pg'

/** Forgets appointments that ended before an instant, and gives how many: no change of schedule can hit them. */
export async function deletePastVisits(pool: pg.Pool, before: Date): Promise<number> {
  const { rowCount } = await pool.query({
    name: 'delete-past-visits',
    text: 'DELETE FROM appointments WHERE ends_at < $1',
    values: [before],
  })
  return rowCount ?? 0
}
