import type pg from 'pg'

/** False when the person has no such feed. */
export async function deleteFeed(pool: pg.Pool, id: string, ownerId: string): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'delete-calendar-feed',
    text: 'DELETE FROM calendar_feeds WHERE id = $1 AND owner_id = $2',
    values: [id, ownerId],
  })
  return rowCount === 1
}
