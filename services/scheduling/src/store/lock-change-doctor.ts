import type pg from 'pg'

import type { Outcome } from '../domain/bulk-change.ts'

/** How far a bulk change has come with a doctor; nobody else goes on with it until the transaction ends. */
export async function lockChangeDoctor(
  client: pg.ClientBase,
  changeId: string,
  doctorId: string,
): Promise<Outcome | undefined> {
  const { rows } = await client.query<{ outcome: Outcome }>({
    name: 'lock-change-doctor',
    text: `SELECT outcome FROM schedule_change_doctors WHERE change_id = $1 AND doctor_id = $2 FOR UPDATE`,
    values: [changeId, doctorId],
  })
  return rows[0]?.outcome
}
