import type pg from 'pg'

import { columnsOf, selection, type Table, valuesOf, type Versioned } from './table.ts'

/** Adds a row at version 1; undefined when the id is taken. */
export async function insertRow<Fields extends object>(
  client: pg.ClientBase,
  table: Table<Fields>,
  row: { id: string; fields: Fields },
): Promise<(Versioned & Fields) | undefined> {
  const places = table.fields.map((_, index) => `$${index + 2}`)
  const { rows } = await client.query<Versioned & Fields>(
    `INSERT INTO ${table.name} (id, ${columnsOf(table).join(', ')}) VALUES ($1, ${places.join(', ')})
     ON CONFLICT (id) DO NOTHING RETURNING ${selection(table)}`,
    [row.id, ...valuesOf(table, row.fields)],
  )
  return rows[0]
}
