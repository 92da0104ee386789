import type pg from 'pg'

/** Takes the doctor's schedule for this transaction; false when the doctor never had one. */
export async function lockKnownSchedule(client: pg.ClientBase, doctorId: string): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'lock-known-schedule',
    text: 'SELECT 1 FROM schedules WHERE doctor_id = $1 FOR UPDATE',
    values: [doctorId],
  })
  return rowCount === 1
}
