import type pg from 'pg'

/**
 * One transaction at a time decides on a patient's requests for a service that limits them, until it ends: what is counted
 * (open appointments) must not be counted by two at once.
 */
export async function lockPatientService(
  client: pg.ClientBase,
  patientId: string,
  serviceId: string,
): Promise<void> {
  await client.query({
    name: 'lock-patient-service',
    text: `SELECT pg_advisory_xact_lock(hashtextextended($1 || ':' || $2, 0))
           FROM service_type WHERE id = $2::uuid AND max_open IS NOT NULL`,
    values: [patientId, serviceId],
  })
}

/** The same for what else is counted of a patient: the slots held, the places in line. */
export async function lockPatient(
  client: pg.ClientBase,
  patientId: string,
  what: 'holds' | 'waitlist',
): Promise<void> {
  await client.query({
    name: 'lock-patient',
    text: `SELECT pg_advisory_xact_lock(hashtextextended($1 || ':' || $2, 0))`,
    values: [patientId, what],
  })
}
