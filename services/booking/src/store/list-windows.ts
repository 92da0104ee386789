import type pg from 'pg'

import type { Interval, WorkWindow } from '../domain/slots.ts'

interface Row {
  doctor_id: string
  clinic_id: string
  starts: string
  ends: string
  busy: string | null
}

/**
 * Each LATERAL with OFFSET 0 is an index look-up for each doctor. Left to itself, the planner of a database whose
 * statistics are older than its rows (an hour after the first start, a minute after a release of slots) has read the
 * whole table of appointments for every window instead: answers took 30 s.
 */
const LIST_WINDOWS = `
SELECT w.doctor_id, w.clinic_id, extract(epoch FROM w.starts_at)::bigint AS starts,
  extract(epoch FROM w.ends_at)::bigint AS ends, b.busy
FROM unnest($4::uuid[]) AS d (id)
CROSS JOIN LATERAL (
  SELECT doctor_id, clinic_id, starts_at, ends_at FROM doctor_window
  WHERE doctor_id = d.id AND starts_at < to_timestamp($2) AND starts_at > to_timestamp($1) - interval '1 day'
    AND ends_at > to_timestamp($1)
  OFFSET 0) w
CROSS JOIN LATERAL (
  SELECT string_agg(extract(epoch FROM lower(a.blocked))::bigint || ',' || extract(epoch FROM upper(a.blocked))::bigint,
    ';' ORDER BY lower(a.blocked)) AS busy
  FROM appointment a
  WHERE a.doctor_id = w.doctor_id AND a.status IN ('pending', 'booked')
    AND lower(a.blocked) < least(w.ends_at, to_timestamp($3))
    AND lower(a.blocked) > greatest(w.starts_at, to_timestamp($1)) - interval '12 hours'
    AND upper(a.blocked) > greatest(w.starts_at, to_timestamp($1))
  OFFSET 0) b`

/** Settings of a session that lists windows: the plan above for every call, and indexes whatever the statistics say. */
export const SEARCH_SETTINGS = { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' } as const

/**
 * The windows of the doctors that meet the interval, in no order, each with what is taken in it between the interval's
 * start and `busyUntil` (its end and the longest visit that may begin in it). A visit and its buffer last twelve hours
 * at most. A window is shorter than a day, so those that meet the interval start less than a day before it.
 */
export async function listWindows(
  pool: pg.Pool,
  doctorIds: readonly string[],
  { start, end }: Interval,
  busyUntil: number,
): Promise<WorkWindow[]> {
  const values = [start, end, busyUntil, `{${doctorIds.join(',')}}`]
  const { rows } = await pool.query<Row>({ name: 'list-windows', text: LIST_WINDOWS, values })
  return rows.map((row) => ({
    doctorId: row.doctor_id,
    clinicId: row.clinic_id,
    start: Number(row.starts),
    end: Number(row.ends),
    busy: busyOf(row.busy),
  }))
}

function busyOf(text: string | null): Interval[] {
  if (text === null) return []
  return text.split(';').map((pair) => {
    const [start, end] = pair.split(',')
    return { start: Number(start), end: Number(end) }
  })
}
