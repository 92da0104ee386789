import type pg from 'pg'

import type { Interval, WorkWindow } from '../domain/slots.ts'

/** Seconds; weeks are counted from the Unix epoch. */
export const WEEK = 604_800

/** How far behind a window what is taken matters: the longest buffer of a last visit. Seconds. */
export const BEHIND_SECONDS = 4 * 3_600

interface Row {
  ord: string
  doctor_id: string
  clinic_id: string
  starts: string
  ends: string
  busy: string | null
}

/**
 * Each LATERAL with OFFSET 0 is an index look-up for each doctor. Left to itself, the planner of a database whose
 * statistics are older than its rows (a minute after a release of slots) may read whole tables for it. Run it
 * under PLAN_SETTINGS.
 */
const LIST_WINDOWS = `
SELECT d.ord, w.doctor_id, w.clinic_id, extract(epoch FROM w.starts_at)::bigint AS starts,
  extract(epoch FROM w.ends_at)::bigint AS ends, b.busy
FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS d (id, week, ord)
CROSS JOIN LATERAL (
  SELECT doctor_id, clinic_id, starts_at, ends_at FROM doctor_window
  WHERE doctor_id = d.id AND starts_at >= to_timestamp(d.week * ${WEEK}) AND starts_at < to_timestamp((d.week + 1) * ${WEEK})
  OFFSET 0) w
CROSS JOIN LATERAL (
  SELECT string_agg(extract(epoch FROM lower(a.blocked))::bigint || ',' || extract(epoch FROM upper(a.blocked))::bigint,
    ';' ORDER BY lower(a.blocked)) AS busy
  FROM appointment a
  WHERE a.doctor_id = w.doctor_id AND a.active AND NOT a.overbooked
    AND lower(a.blocked) < w.ends_at + interval '${BEHIND_SECONDS} s'
    AND lower(a.blocked) > w.starts_at - interval '12 hours'
    AND upper(a.blocked) > w.starts_at
  OFFSET 0) b`

/**
 * The windows of each doctor that start in each week (arrays of equal length, one answer for each pair), with what is
 * taken in them and in the four hours behind them, where the longest buffer of a last visit may reach. A visit and its
 * buffer last twelve hours at most.
 */
export async function listWindows(
  pool: pg.Pool,
  doctorIds: readonly string[],
  weeks: readonly number[],
): Promise<WorkWindow[][]> {
  const values = [`{${doctorIds.join(',')}}`, `{${weeks.join(',')}}`]
  const { rows } = await pool.query<Row>({ name: 'list-windows', text: LIST_WINDOWS, values })
  const answers = doctorIds.map((): WorkWindow[] => [])
  for (const row of rows) {
    answers[Number(row.ord) - 1]?.push({
      doctorId: row.doctor_id,
      clinicId: row.clinic_id,
      start: Number(row.starts),
      end: Number(row.ends),
      busy: busyOf(row.busy),
    })
  }
  return answers
}

function busyOf(text: string | null): Interval[] {
  if (text === null) return []
  return text.split(';').map((pair) => {
    const [start, end] = pair.split(',')
    return { start: Number(start), end: Number(end) }
  })
}
