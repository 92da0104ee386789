import type pg from 'pg'

import { EXCEPTION_COLUMNS, type ExceptionRecord } from './records.ts'

export async function findException(
  client: pg.ClientBase | pg.Pool,
  id: string,
): Promise<ExceptionRecord | undefined> {
  const { rows } = await client.query<ExceptionRecord>({
    name: 'find-exception',
    text: `SELECT ${EXCEPTION_COLUMNS} FROM rota_exceptions WHERE id = $1`,
    values: [id],
  })
  return rows[0]
}
