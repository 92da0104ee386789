import type pg from 'pg'

import type { AuditEntry } from '../audit/entry.ts'

/** Writes an entry for each patient, in one statement. Nobody waits for it but who is about to be answered. */
export async function appendAuditEvents(pool: pg.Pool, entry: AuditEntry): Promise<void> {
  const { transaction, patientIds, appointmentId, query, actor, address } = entry
  await pool.query({
    name: 'fhir-append-audit-events',
    text: `
      INSERT INTO audit_event (transaction, patient_id, appointment_id, query, actor_id, actor_roles, address)
      SELECT $1, patient_id, $3, $4, $5, $6, $7 FROM unnest($2::uuid[]) AS patient_id`,
    values: [transaction, patientIds, appointmentId, query, actor.id, actor.roles, address],
  })
}
