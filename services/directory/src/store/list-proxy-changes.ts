import type pg from 'pg'

import type { ProxyChange } from '../schemas/proxy.ts'
import { CHANGE_SELECTION } from './proxy-selection.ts'

/** The newest thousand states of one proxy, in order. */
export async function listProxyChanges(pool: pg.Pool, id: string): Promise<ProxyChange[]> {
  const { rows } = await pool.query<ProxyChange>(
    `SELECT ${CHANGE_SELECTION} FROM patient_proxy_log WHERE proxy = $1 ORDER BY version DESC LIMIT 1000`,
    [id],
  )
  return rows.reverse()
}
