import type pg from 'pg'

import { VISIT_COLUMNS, type VisitRecord } from './records.ts'

export interface VisitFilter {
  /** Null: of every doctor. */
  doctorIds: readonly string[] | null
  /** Those that start in the span; milliseconds since the epoch. */
  from: number
  to: number
}

/** Active appointments, the soonest first. */
export async function listVisits(
  client: pg.ClientBase | pg.Pool,
  { doctorIds, from, to }: VisitFilter,
): Promise<VisitRecord[]> {
  const { rows } = await client.query<VisitRecord>({
    name: 'list-visits',
    text: `SELECT ${VISIT_COLUMNS} FROM appointments
           WHERE active AND ($1::uuid[] IS NULL OR doctor_id = ANY($1))
             AND starts_at >= $2 AND starts_at < $3
           ORDER BY starts_at, id`,
    values: [doctorIds, new Date(from), new Date(to)],
  })
  return rows
}
