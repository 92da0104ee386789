import type pg from 'pg'

export interface NamedDoctor {
  id: string
  name: string
  clinic_ids: string[]
}

/** One doctor whoever it is, or the active ones of a clinic, or all active ones; by name, at most `limit`. */
export async function listNamedDoctors(
  pool: pg.Pool,
  {
    doctorId,
    clinicId,
    limit,
  }: { doctorId?: string | undefined; clinicId?: string | undefined; limit: number },
): Promise<NamedDoctor[]> {
  const { rows } = await pool.query<NamedDoctor>({
    name: 'list-named-doctors',
    text: `SELECT id, name, clinic_ids FROM doctor
           WHERE ($1::uuid IS NOT NULL AND id = $1)
             OR ($1 IS NULL AND active AND ($2::uuid IS NULL OR $2 = ANY (clinic_ids)))
           ORDER BY name, id LIMIT $3`,
    values: [doctorId, clinicId, limit],
  })
  return rows
}
