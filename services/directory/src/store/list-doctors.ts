import type pg from 'pg'

import type { DoctorRecord } from '../schemas/doctor.ts'
import { doctorConditions, type DoctorFilters, Parameters } from './doctor-filters.ts'
import { DOCTOR_JOINS, DOCTOR_SELECTION } from './doctor-selection.ts'
import type { RowPosition } from './list-rows.ts'

export interface DoctorListOptions {
  filters: DoctorFilters
  after: RowPosition | undefined
  limit: number
}

/** Active doctors that pass the filters, by folded name. Each row carries its own place in `sortName`. */
export async function listDoctors(
  pool: pg.Pool,
  { filters, after, limit }: DoctorListOptions,
): Promise<(DoctorRecord & { sortName: string })[]> {
  const parameters = new Parameters()
  const conditions = doctorConditions(filters, parameters)
  const position =
    after === undefined
      ? ''
      : `AND (d.sort_name, d.id) > (${parameters.add(after.name)}, ${parameters.add(after.id)}::uuid)`
  const { rows } = await pool.query<DoctorRecord & { sortName: string }>(
    `SELECT ${DOCTOR_SELECTION}, d.sort_name AS "sortName"
     FROM (SELECT * FROM doctor d WHERE ${conditions} ${position}
           ORDER BY d.sort_name, d.id LIMIT ${parameters.add(limit)}) d ${DOCTOR_JOINS}
     ORDER BY d.sort_name, d.id`,
    parameters.values,
  )
  return rows
}
