import type pg from 'pg'

import { CLOSURE_COLUMNS, type ClosureRecord } from './records.ts'

export interface ClosureFilter {
  /** Those of the clinic and those of every clinic; null: all. */
  clinicId: string | null
  /** First and last date of interest. */
  from: string | null
  to: string | null
  /** First date and id of the last row of the page before. */
  after: { date: string; id: string } | null
  limit: number
}

export async function listClosures(
  pool: pg.Pool,
  { clinicId, from, to, after, limit }: ClosureFilter,
): Promise<ClosureRecord[]> {
  const { rows } = await pool.query<ClosureRecord>({
    name: 'list-closures',
    text: `SELECT ${CLOSURE_COLUMNS} FROM closures
           WHERE ($1::uuid IS NULL OR clinic_id = $1 OR clinic_id IS NULL)
             AND dates && daterange($2::date, $3::date, '[]')
             AND ($4::date IS NULL OR (lower(dates), id) > ($4::date, $5::uuid))
           ORDER BY lower(dates), id LIMIT $6`,
    values: [clinicId, from, to, after?.date ?? null, after?.id ?? null, limit],
  })
  return rows
}
