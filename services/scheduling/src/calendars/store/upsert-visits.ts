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

/**
 * Keeps what the highest version says. The sequence grows as `nextSequence` of icalendar says. No two of the visits are
 * of one appointment: each step of it counts.
 */
export async function upsertVisits(client: pg.ClientBase, visits: readonly SaidVisit[]): Promise<void> {
  await client.query({
    name: 'upsert-calendar-visits',
    text: `INSERT INTO calendar_visits AS v
             (appointment_id, version, doctor_id, patient_id, clinic_id, starts_at, ends_at, status, changed_at)
           SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[],
             $7::timestamptz[], $8::text[], $9::timestamptz[])
           ON CONFLICT (appointment_id) DO UPDATE SET
             version = EXCLUDED.version, doctor_id = EXCLUDED.doctor_id, patient_id = EXCLUDED.patient_id,
             clinic_id = EXCLUDED.clinic_id, starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at,
             status = EXCLUDED.status, changed_at = EXCLUDED.changed_at,
             sequence = v.sequence + CASE
               WHEN (v.starts_at, v.ends_at, v.clinic_id, v.status)
                  = (EXCLUDED.starts_at, EXCLUDED.ends_at, EXCLUDED.clinic_id, EXCLUDED.status) THEN 0 ELSE 1 END
           WHERE v.version < EXCLUDED.version`,
    values: [
      visits.map(({ appointmentId }) => appointmentId),
      visits.map(({ version }) => version),
      visits.map(({ doctorId }) => doctorId),
      visits.map(({ patientId }) => patientId),
      visits.map(({ clinicId }) => clinicId),
      visits.map(({ start }) => start),
      visits.map(({ end }) => end),
      visits.map(({ status }) => status),
      visits.map(({ changedAt }) => changedAt),
    ],
  })
}
