import type pg from 'pg'

/** Takes the doctor's schedule for this transaction: changes of one doctor happen one after the other. */
export async function lockSchedule(client: pg.ClientBase, doctorId: string): Promise<void> {
  await client.query({
    name: 'lock-schedule',
    text: `INSERT INTO schedules AS s (doctor_id) VALUES ($1)
           ON CONFLICT (doctor_id) DO UPDATE SET doctor_id = s.doctor_id`,
    values: [doctorId],
  })
}
