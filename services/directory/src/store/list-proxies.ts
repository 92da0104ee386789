import type pg from 'pg'

import type { ProxyRecord } from '../schemas/proxy.ts'
import { proxySelection } from './proxy-selection.ts'

/** Far more than may act at a time; beyond it those are left out whose time has been over longest. */
const MOST_LISTED = 100

/** Who may act for a patient, also those whose time is over; revoked ones are left out. */
export async function listProxies(pool: pg.Pool, patientId: string): Promise<ProxyRecord[]> {
  const { rows } = await pool.query<ProxyRecord>(
    `SELECT ${proxySelection()} FROM (
       SELECT * FROM patient_proxy WHERE patient_id = $1 AND active ORDER BY expires_at DESC, id LIMIT $2
     ) newest ORDER BY expires_at, id`,
    [patientId, MOST_LISTED],
  )
  return rows
}
