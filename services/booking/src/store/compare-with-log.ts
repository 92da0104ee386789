import type pg from 'pg'

export interface LogComparison {
  appointments: number
  /** Changes in the log. */
  changes: number
  /** Appointments that are not, byte for byte, what the log makes of them, or are in one of the two only. */
  different: number
  /** Changes whose version does not follow the one before it; the log may have begun with any. */
  gaps: number
  /** MD5 of the record as text, and of what the log makes of it. */
  record: string | null
  rebuilt: string | null
}

/** The record is made again from the log, the last of the versions of each appointment, beside the real one. */
const COMPARE = `
WITH rebuilt AS MATERIALIZED (
  SELECT (jsonb_populate_record(NULL::appointment, last.appointment)).*
  FROM (SELECT DISTINCT ON (appointment_id) appointment FROM appointment_event ORDER BY appointment_id, version DESC) last
), text AS MATERIALIZED (SELECT id, ROW(r.*)::appointment::text AS text FROM rebuilt r)
SELECT (SELECT count(*)::int FROM appointment) AS appointments,
  (SELECT count(*)::int FROM appointment_event) AS changes,
  (SELECT count(*)::int FROM appointment a FULL JOIN text t ON t.id = a.id WHERE a::text IS DISTINCT FROM t.text) AS different,
  (SELECT count(*)::int FROM (
    SELECT version - lag(version) OVER (PARTITION BY appointment_id ORDER BY version) AS step FROM appointment_event) s
    WHERE step <> 1) AS gaps,
  (SELECT md5(string_agg(a::text, E'\\n' ORDER BY id)) FROM appointment a) AS record,
  (SELECT md5(string_agg(text, E'\\n' ORDER BY id)) FROM text) AS rebuilt`

/** Compares the record with what its log makes of it, as of one moment. */
export async function compareWithLog(client: pg.ClientBase): Promise<LogComparison> {
  const { rows } = await client.query<LogComparison>(COMPARE)
  if (rows[0] === undefined) throw new Error('a statement that compares returned no row')
  return rows[0]
}
