import type pg from 'pg'

/**
 * One transaction at a time decides on a patient's requests for a service, until it ends: what is counted (open
 * appointments) must not be counted by two at once.
 */
export async function lockPatientService(
  client: pg.ClientBase,
  patientId: string,
  serviceId: string,
): Promise<void> {
  await client.query({
    name: 'lock-patient-service',
    text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
    values: [`${patientId}:${serviceId}`],
  })
}
