import type pg from 'pg'

import { ROTA_COLUMNS, type RotaRecord } from './records.ts'

export async function findRota(client: pg.ClientBase | pg.Pool, id: string): Promise<RotaRecord | undefined> {
  const { rows } = await client.query<RotaRecord>({
    name: 'find-rota',
    text: `SELECT ${ROTA_COLUMNS} FROM rotas r JOIN clinics c ON c.id = r.clinic_id WHERE r.id = $1`,
    values: [id],
  })
  return rows[0]
}
