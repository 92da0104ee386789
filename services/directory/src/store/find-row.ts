import type pg from 'pg'

import { selection, type Table, type Versioned } from './table.ts'

/** The row with this id, active or not. */
export async function findRow<Fields extends object>(
  client: pg.Pool | pg.ClientBase,
  table: Table<Fields>,
  id: string,
): Promise<(Versioned & Fields) | undefined> {
  const { rows } = await client.query<Versioned & Fields>(
    `SELECT ${selection(table)} FROM ${table.name} WHERE id = $1`,
    [id],
  )
  return rows[0]
}
