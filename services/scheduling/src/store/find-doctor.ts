import type pg from 'pg'

export interface DoctorRecord {
  id: string
  active: boolean
  clinicIds: string[]
}

/**
 * The doctor, kept until the transaction ends: SHARE makes the directory's next word wait, UPDATE is for the one who
 * brings it.
 */
export async function findDoctor(
  client: pg.ClientBase,
  id: string,
  lock: 'SHARE' | 'UPDATE',
): Promise<DoctorRecord | undefined> {
  const { rows } = await client.query<DoctorRecord>({
    name: `find-doctor-${lock}`,
    text: `SELECT id, active, clinic_ids AS "clinicIds" FROM doctors WHERE id = $1 FOR ${lock}`,
    values: [id],
  })
  return rows[0]
}
