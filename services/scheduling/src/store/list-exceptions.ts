import type pg from 'pg'

import { EXCEPTION_COLUMNS, type ExceptionRecord } from './records.ts'

export interface ExceptionFilter {
  doctorId: string | null
  clinicId: string | null
  /** First and last date of interest. */
  from: string | null
  to: string | null
  /** First date and id of the last row of the page before. */
  after: { date: string; id: string } | null
  limit: number
}

export async function listExceptions(
  pool: pg.Pool,
  { doctorId, clinicId, from, to, after, limit }: ExceptionFilter,
): Promise<ExceptionRecord[]> {
  const { rows } = await pool.query<ExceptionRecord>({
    name: 'list-exceptions',
    text: `SELECT ${EXCEPTION_COLUMNS} FROM rota_exceptions
           WHERE ($1::uuid IS NULL OR doctor_id = $1)
             AND ($2::uuid IS NULL OR clinic_id = $2 OR clinic_id IS NULL)
             AND dates && daterange($3::date, $4::date, '[]')
             AND ($5::date IS NULL OR (lower(dates), id) > ($5::date, $6::uuid))
           ORDER BY lower(dates), id LIMIT $7`,
    values: [doctorId, clinicId, from, to, after?.date ?? null, after?.id ?? null, limit],
  })
  return rows
}
