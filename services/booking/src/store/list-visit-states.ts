import type pg from 'pg'

import type { AppointmentStatus } from '@medqueue/contracts'

/** What calendars were told, or would have been, after a change. Instants are Unix seconds, as text. */
export interface VisitStateRow {
  status: AppointmentStatus
  clinic_id: string
  starts: string
  ends: string
  at: Date
}

/** Every state of an appointment by its log, the first first. */
export async function listVisitStates(pool: pg.Pool, id: string): Promise<VisitStateRow[]> {
  const { rows } = await pool.query<VisitStateRow>({
    name: 'list-visit-states',
    text: `SELECT a.status, a.clinic_id, a.updated_at AS at,
             extract(epoch FROM lower(a.visit))::bigint AS starts, extract(epoch FROM upper(a.visit))::bigint AS ends
           FROM appointment_event e CROSS JOIN LATERAL jsonb_populate_record(NULL::appointment, e.appointment) a
           WHERE e.appointment_id = $1 ORDER BY e.version`,
    values: [id],
  })
  return rows
}
