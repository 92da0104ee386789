import type pg from 'pg'

import type { Outcome } from '../domain/bulk-change.ts'

/** Notes what came of a bulk change for a doctor; what was noted before stays where nothing new is said of it. */
export async function updateChangeDoctor(
  client: pg.ClientBase | pg.Pool,
  key: { changeId: string; doctorId: string },
  { outcome, result }: { outcome: Outcome; result?: object },
): Promise<void> {
  await client.query({
    name: 'update-change-doctor',
    text: `UPDATE schedule_change_doctors SET outcome = $3, result = coalesce(result, '{}') || coalesce($4::jsonb, '{}')
           WHERE change_id = $1 AND doctor_id = $2`,
    values: [key.changeId, key.doctorId, outcome, result === undefined ? null : JSON.stringify(result)],
  })
}
