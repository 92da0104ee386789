import type pg from 'pg'

import type { Interval } from '../domain/slots.ts'
import { appointmentColumns, type AppointmentRow } from './appointments.ts'

/** A visit with what it takes of the doctor's time: buffers are part of it. Unix seconds, as text. */
export interface GridRow extends AppointmentRow {
  busy_from: string
  busy_to: string
}

export interface GridFilter {
  range: Interval
  doctorIds: readonly string[]
  /** Visits elsewhere are left out. */
  clinicIds: readonly string[]
  limit: number
}

const COLUMNS = `${appointmentColumns('a.')}, extract(epoch FROM lower(a.blocked))::bigint AS busy_from,
  extract(epoch FROM upper(a.blocked))::bigint AS busy_to`

/** Each doctor is a look-up in appointment_doctor_start. A visit with its buffers lasts twelve hours at most. */
const OF_DOCTORS = `
SELECT ${COLUMNS} FROM unnest($1::uuid[]) AS d (id) CROSS JOIN LATERAL (
  SELECT * FROM appointment
  WHERE doctor_id = d.id AND lower(blocked) < to_timestamp($3) AND lower(blocked) > to_timestamp($2) - interval '12 hours'
    AND upper(blocked) > to_timestamp($2) AND (active OR status = 'noshow') AND clinic_id = ANY ($4::uuid[])
  OFFSET 0) a
ORDER BY lower(a.visit), a.id LIMIT $5`

/** Visits that take doctors' time in the range, and those nobody came to; by start. */
export async function listVisitsOfDoctors(
  pool: pg.Pool,
  { range, doctorIds, clinicIds, limit }: GridFilter,
): Promise<GridRow[]> {
  const { rows } = await pool.query<GridRow>({
    name: 'list-visits-of-doctors',
    text: OF_DOCTORS,
    values: [[...doctorIds], range.start, range.end, [...clinicIds], limit],
  })
  return rows
}

const of = (kind: 'room' | 'device') => `
SELECT * FROM appointment WHERE ${kind}_id = d.id AND active AND blocked && tstzrange(to_timestamp($2), to_timestamp($3))`

/** The constraints' own indexes find them. */
const OF_RESOURCES = `
SELECT d.id AS resource_id, ${COLUMNS} FROM unnest($1::uuid[]) AS d (id) CROSS JOIN LATERAL (
  ${of('room')} UNION ALL ${of('device')} OFFSET 0) a
WHERE $4::uuid IS NULL OR a.doctor_id = $4
ORDER BY lower(a.visit), a.id LIMIT $5`

/** Visits that take rooms or devices in the range, each with which one; by start. Of one doctor if `doctorId` says so. */
export async function listVisitsOfResources(
  pool: pg.Pool,
  ask: { range: Interval; resourceIds: readonly string[]; doctorId: string | undefined; limit: number },
): Promise<(GridRow & { resource_id: string })[]> {
  const { range, resourceIds, doctorId, limit } = ask
  const { rows } = await pool.query<GridRow & { resource_id: string }>({
    name: 'list-visits-of-resources',
    text: OF_RESOURCES,
    values: [[...resourceIds], range.start, range.end, doctorId, limit],
  })
  return rows
}
