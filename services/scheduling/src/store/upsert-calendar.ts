import type pg from 'pg'

import { CALENDAR_COLUMNS, type CalendarRecord, type NewCalendar } from './records.ts'

/** Says which holidays a clinic keeps, under the next version. */
export async function upsertCalendar(
  client: pg.ClientBase,
  { clinicId, country, region, language, worked }: NewCalendar,
): Promise<CalendarRecord | undefined> {
  const { rows } = await client.query<CalendarRecord>({
    name: 'upsert-calendar',
    text: `INSERT INTO holiday_calendars AS c (clinic_id, country, region, language, worked)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (clinic_id) DO UPDATE SET country = EXCLUDED.country, region = EXCLUDED.region,
             language = EXCLUDED.language, worked = EXCLUDED.worked, version = c.version + 1
           RETURNING ${CALENDAR_COLUMNS}`,
    values: [clinicId, country, region, language, worked],
  })
  return rows[0]
}
