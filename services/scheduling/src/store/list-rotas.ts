import type pg from 'pg'

import { ROTA_COLUMNS, type RotaRecord } from './records.ts'

export interface RotaFilter {
  doctorId: string | null
  clinicId: string | null
  /** Position of the last row of the page before. */
  after: string
  limit: number
}

export async function listRotas(
  pool: pg.Pool,
  { doctorId, clinicId, after, limit }: RotaFilter,
): Promise<RotaRecord[]> {
  const { rows } = await pool.query<RotaRecord>({
    name: 'list-rotas',
    text: `SELECT ${ROTA_COLUMNS} FROM rotas r JOIN clinics c ON c.id = r.clinic_id
           WHERE ($1::uuid IS NULL OR r.doctor_id = $1) AND ($2::uuid IS NULL OR r.clinic_id = $2)
             AND r.position > $3::bigint
           ORDER BY r.position LIMIT $4`,
    values: [doctorId, clinicId, after, limit],
  })
  return rows
}
