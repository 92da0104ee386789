import type pg from 'pg'

export interface NewChange {
  id: string
  requestedBy: string
  request: object
  createdAt: Date
  undoUntil: Date
  /** In the order of the request. */
  doctorIds: readonly string[]
}

/** Notes a bulk change before it touches the first doctor, so that one cut short can be seen and undone. */
export async function insertChange(pool: pg.Pool, change: NewChange): Promise<void> {
  await pool.query({
    name: 'insert-change',
    text: `WITH change AS (
             INSERT INTO schedule_changes (id, requested_by, request, created_at, undo_until)
             VALUES ($1, $2, $3, $4, $5))
           INSERT INTO schedule_change_doctors (change_id, doctor_id, place, outcome)
           SELECT $1, doctor_id, place, 'waiting' FROM unnest($6::uuid[]) WITH ORDINALITY AS asked (doctor_id, place)`,
    values: [
      change.id,
      change.requestedBy,
      JSON.stringify(change.request),
      change.createdAt,
      change.undoUntil,
      change.doctorIds,
    ],
  })
}
