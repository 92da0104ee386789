import type { VisitStatus } from '@medqueue/icalendar'
import type pg from 'pg'

/** What an event says of an appointment; instants as written in it. */
export interface SaidVisit {
  appointmentId: string
  version: number
  doctorId: string
  patientId: string
  clinicId: string
  start: string
  end: string
  status: VisitStatus
  changedAt: string
}

/** Keeps what the highest version says. The sequence grows as `nextSequence` of icalendar says. */
export async function upsertVisit(client: pg.ClientBase, visit: SaidVisit): Promise<void> {
  const { appointmentId, version, doctorId, patientId, clinicId, start, end, status, changedAt } = visit
  await client.query({
    name: 'upsert-calendar-visit',
    text: `INSERT INTO calendar_visits AS v
             (appointment_id, version, doctor_id, patient_id, clinic_id, starts_at, ends_at, status, changed_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (appointment_id) DO UPDATE SET
             version = EXCLUDED.version, doctor_id = EXCLUDED.doctor_id, patient_id = EXCLUDED.patient_id,
             clinic_id = EXCLUDED.clinic_id, starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at,
             status = EXCLUDED.status, changed_at = EXCLUDED.changed_at,
             sequence = v.sequence + CASE
               WHEN (v.starts_at, v.ends_at, v.clinic_id, v.status)
                  = (EXCLUDED.starts_at, EXCLUDED.ends_at, EXCLUDED.clinic_id, EXCLUDED.status) THEN 0 ELSE 1 END
           WHERE v.version < EXCLUDED.version`,
    values: [appointmentId, version, doctorId, patientId, clinicId, start, end, status, changedAt],
  })
}
