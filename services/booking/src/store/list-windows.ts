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
       ';' ORDER BY a.blocked)
     FROM appointment a
     WHERE a.doctor_id = w.doctor_id AND a.blocked && tstzrange(greatest(w.starts_at, to_timestamp($1)), least(w.ends_at, to_timestamp($3)))
       AND a.status IN ('pending', 'booked')) AS busy
  FROM doctor_window w`

const ONE_DOCTOR = `${SELECT}
  WHERE w.doctor_id = $4 AND w.starts_at < to_timestamp($2) AND w.starts_at > to_timestamp($1) - interval '1 day'
    AND w.ends_at > to_timestamp($1) AND ($5::uuid IS NULL OR w.clinic_id = $5)
  ORDER BY w.starts_at`

const MANY_DOCTORS = `${SELECT}
  JOIN doctor d ON d.id = w.doctor_id AND d.active AND $4 = ANY (d.service_ids)
    AND ($5::uuid IS NULL OR d.specialty_id = $5)
  JOIN clinic c ON c.id = w.clinic_id AND c.active
    AND ($6::uuid IS NULL OR c.id = $6) AND ($7::text IS NULL OR c.city = $7)
    AND ($8::uuid IS NULL OR d.id = $8)
  WHERE w.starts_at < to_timestamp($2) AND w.starts_at > to_timestamp($1) - interval '1 day'
    AND w.ends_at > to_timestamp($1)
  ORDER BY w.starts_at, w.doctor_id`

/**
 * The windows of the doctors sought that meet the interval, each with what is taken in it between the interval's start
 * and `busyUntil` (its end and the longest visit that may begin in it). A window is shorter than a
 * day, so those that meet the interval start less than a day before it.
 */
export async function listWindows(
  pool: pg.Pool,
  { doctorId, serviceId, specialtyId, clinicId, city }: SlotFilter,
  { start, end }: Interval,
  busyUntil: number,
): Promise<WorkWindow[]> {
  const simple = doctorId !== undefined && specialtyId === undefined && city === undefined
  const query = simple
    ? { name: 'windows-one', text: ONE_DOCTOR, values: [start, end, busyUntil, doctorId, clinicId] }
    : {
        name: 'windows-many',
        text: MANY_DOCTORS,
        values: [start, end, busyUntil, serviceId, specialtyId, clinicId, city, doctorId],
      }
  const { rows } = await pool.query<Row>(query)
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
