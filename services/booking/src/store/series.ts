import type pg from 'pg'

import { APPOINTMENT_COLUMNS, type AppointmentRow } from './appointments.ts'

export interface SeriesRow {
  id: string
  fingerprint: string
  principal_id: string
  patient_id: string
  doctor_id: string
  service_id: string
  mode: 'all' | 'each'
  visits: number
}

const COLUMNS = 'id, fingerprint, principal_id, patient_id, doctor_id, service_id, mode, visits'

/** One series, or undefined. */
export async function findSeries(
  client: pg.ClientBase | pg.Pool,
  id: string,
): Promise<SeriesRow | undefined> {
  const { rows } = await client.query<SeriesRow>({
    name: 'find-series',
    text: `SELECT ${COLUMNS} FROM visit_series WHERE id = $1`,
    values: [id],
  })
  return rows[0]
}

/** Writes a series; false when it is there. */
export async function insertSeries(client: pg.ClientBase | pg.Pool, row: SeriesRow): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'insert-series',
    text: `INSERT INTO visit_series (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    values: [
      ...[row.id, row.fingerprint, row.principal_id, row.patient_id],
      ...[row.doctor_id, row.service_id, row.mode, row.visits],
    ],
  })
  return rowCount === 1
}

/** The visits of a series by start. */
export async function listSeriesVisits(pool: pg.Pool, id: string): Promise<AppointmentRow[]> {
  const { rows } = await pool.query<AppointmentRow>({
    name: 'list-series-visits',
    text: `SELECT ${APPOINTMENT_COLUMNS} FROM appointment WHERE series_id = $1 ORDER BY lower(visit), id LIMIT 200`,
    values: [id],
  })
  return rows
}
