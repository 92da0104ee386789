import type pg from 'pg'

import type { AppointmentStatus } from '@medqueue/contracts'

/** A slot that somebody has: when and where, and nothing of whom. Instants are Unix seconds. */
export interface TakenSlot {
  doctorId: string
  clinicId: string
  serviceId: string
  start: number
  end: number
  status: AppointmentStatus
}

export interface TakenSearch {
  doctorIds: readonly string[]
  /** Starts in [from, to). */
  from: number
  to: number
  limit: number
}

interface Row {
  doctor_id: string
  clinic_id: string
  service_id: string
  starts: string
  ends: string
  status: AppointmentStatus
}

/**
 * The active visits of the doctors by start, service and doctor. Seats of a group visit are one slot. A visit lasts
 * less than a day, so the index over `blocked` bounds the look.
 */
export async function listTaken(
  pool: pg.Pool,
  { doctorIds, from, to, limit }: TakenSearch,
): Promise<TakenSlot[]> {
  const { rows } = await pool.query<Row>({
    name: 'fhir-list-taken',
    text: `
      SELECT doctor_id, clinic_id, service_id, extract(epoch FROM lower(visit))::bigint AS starts,
        extract(epoch FROM max(upper(visit)))::bigint AS ends, min(status) AS status
      FROM appointment
      WHERE doctor_id = ANY ($1::uuid[]) AND active AND lower(visit) >= to_timestamp($2) AND lower(visit) < to_timestamp($3)
        AND lower(blocked) > to_timestamp($2) - interval '1 day' AND lower(blocked) < to_timestamp($3)
      GROUP BY lower(visit), service_id, doctor_id, clinic_id
      ORDER BY lower(visit), service_id, doctor_id LIMIT $4`,
    values: [doctorIds, from, to, limit],
  })
  return rows.map((row) => ({
    doctorId: row.doctor_id,
    clinicId: row.clinic_id,
    serviceId: row.service_id,
    start: Number(row.starts),
    end: Number(row.ends),
    status: row.status,
  }))
}
