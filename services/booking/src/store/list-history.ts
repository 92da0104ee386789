import type pg from 'pg'

import type { ActorPart, AppointmentStatus } from '@medqueue/contracts'

/** One change of an appointment, as the log has it. */
export interface HistoryRow {
  version: number
  at: Date
  action: string
  actor_id: string | null
  actor_part: ActorPart
  status: AppointmentStatus
  reason: string | null
  overbook_reason: string | null
  doctor_id: string
  service_id: string
  starts: string
  ends: string
  /** As they are called today; '' for what is not known any more. */
  doctor: string
  service: string
  clinic: string
  /** Zone of the clinic; UTC when the clinic is not known any more. */
  zone: string
}

/** Every change of an appointment, the first first. */
export async function listHistory(pool: pg.Pool, id: string): Promise<HistoryRow[]> {
  const { rows } = await pool.query<HistoryRow>({
    name: 'list-history',
    text: `SELECT a.version, a.updated_at AS at, a.action, a.actor_id, a.actor_part, a.status, a.reason, a.overbook_reason, a.doctor_id,
             a.service_id, extract(epoch FROM lower(a.visit))::bigint AS starts, extract(epoch FROM upper(a.visit))::bigint AS ends,
             coalesce(d.name, '') AS doctor, coalesce(s.name, '') AS service, coalesce(c.name, '') AS clinic,
             coalesce(c.zone, 'UTC') AS zone
           FROM appointment_event e CROSS JOIN LATERAL jsonb_populate_record(NULL::appointment, e.appointment) a
           LEFT JOIN doctor d ON d.id = a.doctor_id LEFT JOIN service_type s ON s.id = a.service_id
           LEFT JOIN clinic c ON c.id = a.clinic_id
           WHERE e.appointment_id = $1 ORDER BY e.version LIMIT 1000`,
    values: [id],
  })
  return rows
}
