import type pg from 'pg'

/** Forgets visits that ended before an instant: no feed reaches back that far. Gives how many. */
export async function deletePastVisits(pool: pg.Pool, before: Date): Promise<number> {
  const { rowCount } = await pool.query({
    name: 'delete-past-calendar-visits',
    text: 'DELETE FROM calendar_visits WHERE ends_at < $1',
    values: [before],
  })
  return rowCount ?? 0
}
