import type pg from 'pg'

import { formatDate } from '../domain/calendar.ts'
import type { Horizon } from '../domain/horizon.ts'

/** Takes the doctor's schedule for this transaction if its windows do not reach the horizon; false when they do. */
export async function lockIfDue(
  client: pg.ClientBase,
  doctorId: string,
  { today, to }: Horizon,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'lock-if-due',
    text: `SELECT 1 FROM schedules
           WHERE doctor_id = $1 AND (published_on < $2 OR published_to <> $3) FOR UPDATE`,
    values: [doctorId, formatDate(today), formatDate(to)],
  })
  return rowCount === 1
}
