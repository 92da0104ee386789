import type pg from 'pg'

import { selection, type Table, type Versioned } from './table.ts'

export interface RowPosition {
  name: string
  id: string
}

export interface ListOptions {
  after: RowPosition | undefined
  limit: number
}

/** Active rows after a position, by folded name. Each row carries its own place in `sortName`. */
export async function listRows<Fields extends object>(
  pool: pg.Pool,
  table: Table<Fields>,
  { after, limit }: ListOptions,
): Promise<(Versioned & Fields & { sortName: string })[]> {
  const { rows } = await pool.query<Versioned & Fields & { sortName: string }>(
    `SELECT ${selection(table)}, sort_name AS "sortName" FROM ${table.name}
     WHERE active AND ($1::text IS NULL OR (sort_name, id) > ($1, $2::uuid))
     ORDER BY sort_name, id LIMIT $3`,
    [after?.name, after?.id, limit],
  )
  return rows
}
