import type pg from 'pg'

import type { Expected } from '../domain/etag.ts'
import { columnsOf, selection, type Table, valuesOf, type Versioned } from './table.ts'

/** Replaces every field of a row whose version is among the expected ones; undefined when there is none. */
export async function updateRow<Fields extends object>(
  client: pg.ClientBase,
  table: Table<Fields>,
  row: { id: string; expected: Expected; fields: Fields },
): Promise<(Versioned & Fields) | undefined> {
  const assignments = columnsOf(table).map((name, index) => `${name} = $${index + 3}`)
  const { rows } = await client.query<Versioned & Fields>(
    `UPDATE ${table.name} SET ${assignments.join(', ')}, version = version + 1, updated_at = now()
     WHERE id = $1 AND ($2::int[] IS NULL OR version = ANY ($2)) RETURNING ${selection(table)}`,
    [row.id, row.expected === 'any' ? null : row.expected, ...valuesOf(table, row.fields)],
  )
  return rows[0]
}
