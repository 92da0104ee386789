import type pg from 'pg'

import { formatDate } from '../domain/calendar.ts'
import type { Horizon } from '../domain/horizon.ts'

/** Doctors whose published windows do not reach the horizon, least recently published first. */
export async function listDueSchedules(
  client: pg.ClientBase | pg.Pool,
  { today, to }: Horizon,
): Promise<string[]> {
  const { rows } = await client.query<{ doctorId: string }>({
    name: 'list-due-schedules',
    text: `SELECT doctor_id AS "doctorId" FROM schedules
           WHERE published_on < $1 OR published_to <> $2
           ORDER BY published_on, doctor_id`,
    values: [formatDate(today), formatDate(to)],
  })
  return rows.map(({ doctorId }) => doctorId)
}
