import type pg from 'pg'

import type { Expected } from '../domain/etag.ts'
import { selection, type Table, type Versioned } from './table.ts'

/** Switches a row whose version is among the expected ones on or off; undefined when there is none. */
export async function setActive<Fields extends object>(
  client: pg.ClientBase,
  table: Table<Fields>,
  row: { id: string; expected: Expected; active: boolean },
): Promise<(Versioned & Fields) | undefined> {
  const { rows } = await client.query<Versioned & Fields>(
    `UPDATE ${table.name} SET active = $3, version = version + 1, updated_at = now()
     WHERE id = $1 AND ($2::int[] IS NULL OR version = ANY ($2)) RETURNING ${selection(table)}`,
    [row.id, row.expected === 'any' ? null : row.expected, row.active],
  )
  return rows[0]
}
