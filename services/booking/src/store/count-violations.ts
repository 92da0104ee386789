import type pg from 'pg'

/** What must not be in the record, by the names that the audit gives it. */
export const VIOLATIONS = [
  'doctor_double_booked',
  'patient_double_booked',
  'appointment_without_request',
] as const
export type Violation = (typeof VIOLATIONS)[number]

/** Before every doctor. */
export const FIRST_DOCTOR = '00000000-0000-0000-0000-000000000000'

export interface Slice {
  /** Doctors behind this one are looked at. */
  afterDoctor: string
  /** How many of them. */
  doctors: number
  /** Visits that began earlier are over and not looked at. */
  since: Date
}

export interface SliceCounts {
  counts: Record<Violation, number>
  /** The last doctor that was looked at; undefined when there was none. */
  lastDoctor: string | undefined
}

/**
 * Each doctor's active appointments are swept by start, each against the latest end before it; each is compared with
 * its patient's other ones, and looked up among the requests. Only B-trees are asked: appointment_doctor_start,
 * appointment_patient and the requests' primary key. The constraints' own indexes are what is in doubt, and ten times
 * slower: so no `&&`, and of the patient's others the statuses, which their predicate does not follow from. The first
 * seat stands for a group visit; what staff has booked over others is meant to overlap them.
 */
const COUNT_VIOLATIONS = `
WITH slice AS MATERIALIZED (
  SELECT id FROM doctor WHERE id > $1 ORDER BY id LIMIT $2
), upcoming AS MATERIALIZED (
  SELECT a.id, a.patient_id, a.visit, a.requested, a.counts AND lower(a.blocked) < max(upper(a.blocked)) FILTER (WHERE a.counts)
      OVER (PARTITION BY d.id ORDER BY lower(a.blocked), a.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS late
  FROM slice d CROSS JOIN LATERAL (
    SELECT id, patient_id, visit, blocked, requested, NOT overbooked AND (
        session_id IS NULL OR 1 = row_number() OVER (PARTITION BY session_id ORDER BY overbooked, id)) AS counts
    FROM appointment WHERE doctor_id = d.id AND lower(blocked) >= $3 AND active OFFSET 0) a
)
SELECT (SELECT id FROM slice ORDER BY id DESC LIMIT 1) AS "lastDoctor",
  count(*) FILTER (WHERE u.late)::int AS doctor_double_booked,
  count(*) FILTER (WHERE p.found)::int AS patient_double_booked,
  count(*) FILTER (WHERE r.found IS NULL AND u.requested)::int AS appointment_without_request
FROM upcoming u
LEFT JOIN LATERAL (
  SELECT true AS found FROM appointment o
  WHERE o.patient_id = u.patient_id AND o.status NOT IN ('noshow', 'cancelled', 'declined', 'expired', 'entered-in-error')
    AND upper(o.visit) > lower(u.visit)
    AND (lower(o.visit), o.id) < (lower(u.visit), u.id)
  LIMIT 1) p ON true
LEFT JOIN LATERAL (
  SELECT true AS found FROM (
    SELECT decision FROM booking_request WHERE id = u.id UNION ALL
    SELECT decision FROM booking_request WHERE appointment_id = u.id) one
  WHERE decision IN ('pending', 'booked') LIMIT 1) r ON true`

/** Counts what must not be among the appointments of some doctors, as of one moment. */
export async function countViolations(
  pool: pg.Pool,
  { afterDoctor, doctors, since }: Slice,
): Promise<SliceCounts> {
  const { rows } = await pool.query<Record<Violation, number> & { lastDoctor: string | null }>({
    name: 'count-violations',
    text: COUNT_VIOLATIONS,
    values: [afterDoctor, doctors, since],
  })
  const [row] = rows
  if (row === undefined) throw new Error('a statement that counts returned no row')
  const { lastDoctor, ...counts } = row
  return { counts, lastDoctor: lastDoctor ?? undefined }
}

/** The doctor behind that one; undefined when there is none. */
export async function nextDoctor(pool: pg.Pool, afterDoctor: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'next-doctor',
    text: 'SELECT id FROM doctor WHERE id > $1 ORDER BY id LIMIT 1',
    values: [afterDoctor],
  })
  return rows[0]?.id
}
