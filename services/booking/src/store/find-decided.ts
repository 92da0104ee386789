import type pg from 'pg'

import { appointmentColumns, type AppointmentRow } from './appointments.ts'

/** An appointment as it was when its request was decided, from the log, or undefined. */
export async function findDecided(pool: pg.Pool, id: string): Promise<AppointmentRow | undefined> {
  const { rows } = await pool.query<AppointmentRow>({
    name: 'find-decided',
    text: `SELECT ${appointmentColumns('a.')}
           FROM appointment_event e CROSS JOIN LATERAL jsonb_populate_record(NULL::appointment, e.appointment) a
           WHERE e.appointment_id = $1 AND a.requested ORDER BY e.version LIMIT 1`,
    values: [id],
  })
  return rows[0]
}
