import type pg from 'pg'

import { CALENDAR_COLUMNS, type CalendarRecord } from './records.ts'

/** Holiday calendars by clinic, after a clinic's id. */
export async function listCalendars(
  pool: pg.Pool,
  { after, limit }: { after: string | null; limit: number },
): Promise<CalendarRecord[]> {
  const { rows } = await pool.query<CalendarRecord>({
    name: 'list-calendars',
    text: `SELECT ${CALENDAR_COLUMNS} FROM holiday_calendars
           WHERE $1::uuid IS NULL OR clinic_id > $1 ORDER BY clinic_id LIMIT $2`,
    values: [after, limit],
  })
  return rows
}
