import type pg from 'pg'

export interface RequestRow {
  id: string
  fingerprint: string
  principal_id: string
  patient_id: string
  doctor_id: string
  service_id: string
  starts: string
  decision: 'booked' | 'pending' | 'refused' | 'failed'
  reason: string | null
  /** The hold it became the appointment of; null: the appointment has the request's own id. */
  appointment_id: string | null
}

/** The record of one decided request, or undefined while it is not decided (or was never made). */
export async function findRequest(pool: pg.Pool, id: string): Promise<RequestRow | undefined> {
  const { rows } = await pool.query<RequestRow>({
    name: 'find-request',
    text: `SELECT id, fingerprint, principal_id, patient_id, doctor_id, service_id,
             extract(epoch FROM starts_at)::bigint AS starts, decision, reason, appointment_id
           FROM booking_request WHERE id = $1`,
    values: [id],
  })
  return rows[0]
}
