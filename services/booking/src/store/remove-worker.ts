import type pg from 'pg'

/** A worker that leaves is not counted in the others' fair share any more. */
export async function removeWorker(pool: pg.Pool, owner: string): Promise<void> {
  await pool.query('DELETE FROM booking_worker WHERE owner = $1', [owner])
}
