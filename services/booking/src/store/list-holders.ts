import type pg from 'pg'

/** The patients who hold a slot now. */
export async function listHolders(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ patient_id: string }>(
    `SELECT DISTINCT patient_id FROM appointment WHERE status = 'held' AND expires_at > now()`,
  )
  return rows.map(({ patient_id: patientId }) => patientId)
}
