import type pg from 'pg'

import { CLOSURE_COLUMNS, type ClosureRecord } from './records.ts'

/** The closure with this id; `FOR UPDATE` keeps others from changing it meanwhile. */
export async function findClosure(
  client: pg.ClientBase | pg.Pool,
  id: string,
  lock: '' | 'FOR UPDATE' = '',
): Promise<ClosureRecord | undefined> {
  const { rows } = await client.query<ClosureRecord>({
    name: `find-closure-${lock}`,
    text: `SELECT ${CLOSURE_COLUMNS} FROM closures WHERE id = $1 ${lock}`,
    values: [id],
  })
  return rows[0]
}
