import type pg from 'pg'

/**
 * Begins to undo a change if there is still time. An undo that has begun may go on later, so that one cut short can be
 * finished. False when it is too late.
 */
export async function startUndo(pool: pg.Pool, id: string, now: Date): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'start-undo',
    text: `UPDATE schedule_changes SET undo_started_at = coalesce(undo_started_at, $2)
           WHERE id = $1 AND (undo_started_at IS NOT NULL OR undo_until > $2)`,
    values: [id, now],
  })
  return rowCount === 1
}
