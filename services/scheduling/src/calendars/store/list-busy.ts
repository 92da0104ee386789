import type { Interval } from '@medqueue/icalendar'
import type pg from 'pg'

/** When the doctor is taken by outside calendars, for what overlaps the range: by start; they may overlap. */
export async function listBusy(
  client: pg.ClientBase | pg.Pool,
  doctorId: string,
  { start, end }: Interval,
): Promise<Interval[]> {
  const { rows } = await client.query<{ start: string; end: string }>({
    name: 'list-calendar-busy',
    text: `SELECT (extract(epoch FROM starts_at) * 1000)::bigint AS start, (extract(epoch FROM ends_at) * 1000)::bigint AS "end"
           FROM calendar_busy
           WHERE doctor_id = $1 AND starts_at < to_timestamp($3 / 1000.0) AND ends_at > to_timestamp($2 / 1000.0)
           ORDER BY starts_at`,
    values: [doctorId, start, end],
  })
  return rows.map((row) => ({ start: Number(row.start), end: Number(row.end) }))
}
