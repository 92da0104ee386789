import type pg from 'pg'

import { CALENDAR_COLUMNS, type CalendarRecord } from './records.ts'

/** The holiday calendar of a clinic; `FOR UPDATE` keeps others from changing it meanwhile. */
export async function findCalendar(
  client: pg.ClientBase | pg.Pool,
  clinicId: string,
  lock: '' | 'FOR UPDATE' = '',
): Promise<CalendarRecord | undefined> {
  const { rows } = await client.query<CalendarRecord>({
    name: `find-calendar-${lock}`,
    text: `SELECT ${CALENDAR_COLUMNS} FROM holiday_calendars WHERE clinic_id = $1 ${lock}`,
    values: [clinicId],
  })
  return rows[0]
}
