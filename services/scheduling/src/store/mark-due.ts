import type pg from 'pg'

/**
 * Notes that the windows of these doctors must be published again, and takes their schedules for this transaction, in
 * the order in which schedules are locked. Null: of every doctor. Gives those who have a schedule. Whoever publishes
 * them may be cut short: the job that rolls the horizon goes on.
 */
export async function markDue(client: pg.ClientBase, doctorIds: readonly string[] | null): Promise<string[]> {
  const { rows } = await client.query<{ doctorId: string }>({
    name: 'mark-due',
    text: `WITH due AS (
             SELECT doctor_id FROM schedules WHERE $1::uuid[] IS NULL OR doctor_id = ANY($1)
             ORDER BY doctor_id FOR UPDATE)
           UPDATE schedules s SET published_on = '-infinity' FROM due WHERE s.doctor_id = due.doctor_id
           RETURNING s.doctor_id AS "doctorId"`,
    values: [doctorIds],
  })
  return rows.map(({ doctorId }) => doctorId)
}
