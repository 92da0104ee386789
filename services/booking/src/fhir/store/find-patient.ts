import type pg from 'pg'

/** What booking knows of a patient, or undefined. */
export async function findPatient(
  pool: pg.Pool,
  id: string,
): Promise<{ id: string; version: number; active: boolean } | undefined> {
  const { rows } = await pool.query<{ id: string; version: number; active: boolean }>({
    name: 'fhir-find-patient',
    text: 'SELECT id, version, active FROM patient WHERE id = $1',
    values: [id],
  })
  return rows[0]
}
