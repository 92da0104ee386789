import type pg from 'pg'

import type { Interval, WorkWindow } from '../domain/slots.ts'

/** What to search: the service, and at least one way to name doctors. */
export interface SlotFilter {
  serviceId: string
  doctorId?: string | undefined
  specialtyId?: string | undefined
  clinicId?: string | undefined
  city?: string | undefined
}

interface Row {
  doctor_id: string
  clinic_id: string
  starts: string
  ends: string
  busy: string | null
}

const SELECT = `
  SELECT w.doctor_id, w.clinic_id, extract(epoch FROM w.starts_at)::bigint AS starts,
    extract(epoch FROM w.ends_at)::bigint AS ends,
    (SELECT string_agg(extract(epoch FROM lower(a.blocked))::bigint || ',' || extract(epoch FROM upper(a.blocked))::bigint,
       ';' ORDER BY lower(a.blocked))
     FROM appointment a
     WHERE a.doctor_id = w.doctor_id AND a.status IN ('pending', 'booked')
       AND lower(a.blocked) < least(w.ends_at, to_timestamp($3))
       AND lower(a.blocked) > greatest(w.starts_at, to_timestamp($1)) - interval '12 hours'
       AND upper(a.blocked) > greatest(w.starts_at, to_timestamp($1))) AS busy
  FROM doctor_window w`

const MEETS = `w.starts_at < to_timestamp($2) AND w.starts_at > to_timestamp($1) - interval '1 day'
    AND w.ends_at > to_timestamp($1)`

/** The condition of each filter; only those asked for are in the statement, so that one plan fits every call of it. */
const CONDITIONS: readonly { key: keyof SlotFilter; sql: (parameter: string) => string }[] = [
  { key: 'serviceId', sql: (parameter) => `${parameter} = ANY (d.service_ids)` },
  { key: 'doctorId', sql: (parameter) => `w.doctor_id = ${parameter}` },
  { key: 'specialtyId', sql: (parameter) => `d.specialty_id = ${parameter}` },
  { key: 'clinicId', sql: (parameter) => `w.clinic_id = ${parameter}` },
  { key: 'city', sql: (parameter) => `c.city = ${parameter}` },
]

/** The statement for a filter, prepared under a name of its own. */
function statementOf(filter: SlotFilter, { start, end }: Interval, busyUntil: number): pg.QueryConfig {
  const asked = CONDITIONS.filter(({ key }) => filter[key] !== undefined)
  const conditions = asked.map(({ sql }, index) => sql(`$${index + 4}`))
  return {
    name: `windows-${asked.map(({ key }) => key).join('-')}`,
    text: `${SELECT}
  JOIN doctor d ON d.id = w.doctor_id AND d.active
  JOIN clinic c ON c.id = w.clinic_id AND c.active
  WHERE ${[MEETS, ...conditions].join(' AND ')}
  ORDER BY w.starts_at, w.doctor_id`,
    values: [start, end, busyUntil, ...asked.map(({ key }) => filter[key])],
  }
}

/**
 * The windows of the doctors sought that meet the interval, each with what is taken in it between the interval's start
 * and `busyUntil` (its end and the longest visit that may begin in it). A visit and its buffer last twelve hours at most. A window is shorter than a
 * day, so those that meet the interval start less than a day before it.
 */
export async function listWindows(
  pool: pg.Pool,
  filter: SlotFilter,
  interval: Interval,
  busyUntil: number,
): Promise<WorkWindow[]> {
  const { rows } = await pool.query<Row>(statementOf(filter, interval, busyUntil))
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
