import type pg from 'pg'

import type { Interval } from '../domain/slots.ts'

/** A stretch of a doctor's work, or why there is none. Unix seconds, as text. */
export interface HoursRow {
  doctor_id: string
  clinic_id: string | null
  starts: string
  ends: string
  /** Null: work. */
  reason: string | null
}

/** Windows are shorter than a day, and are looked up by their start. */
const LIST_HOURS = `
SELECT d.id AS doctor_id, h.clinic_id, extract(epoch FROM h.starts_at)::bigint AS starts,
  extract(epoch FROM h.ends_at)::bigint AS ends, h.reason
FROM unnest($1::uuid[]) AS d (id) CROSS JOIN LATERAL (
  SELECT clinic_id, starts_at, ends_at, NULL AS reason FROM doctor_window
  WHERE doctor_id = d.id AND starts_at < to_timestamp($3) AND starts_at > to_timestamp($2) - interval '25 hours'
    AND ends_at > to_timestamp($2)
  UNION ALL
  SELECT clinic_id, starts_at, ends_at, reason FROM window_note
  WHERE doctor_id = d.id AND starts_at < to_timestamp($3) AND ends_at > to_timestamp($2)
  OFFSET 0) h
ORDER BY h.starts_at, d.id`

/** When doctors work in a range, and the notes that say why they do not; by start. */
export async function listHours(
  pool: pg.Pool,
  doctorIds: readonly string[],
  range: Interval,
): Promise<HoursRow[]> {
  const { rows } = await pool.query<HoursRow>({
    name: 'list-hours',
    text: LIST_HOURS,
    values: [[...doctorIds], range.start, range.end],
  })
  return rows
}
