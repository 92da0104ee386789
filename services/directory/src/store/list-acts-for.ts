import type pg from 'pg'

import type { ActsFor } from '../schemas/proxy.ts'
import { proxySelection } from './proxy-selection.ts'

/** The patients for whom somebody may act at an instant, by name. */
export async function listActsFor(
  pool: pg.Pool,
  { proxyId, at }: { proxyId: string; at: Date },
): Promise<ActsFor[]> {
  const { rows } = await pool.query<ActsFor>(
    `SELECT ${proxySelection('x.')}, p.name AS "patientName"
     FROM patient_proxy x JOIN patient p ON p.id = x.patient_id
     WHERE x.proxy_id = $1 AND x.active AND x.expires_at > $2 AND p.active ORDER BY p.name, x.id`,
    [proxyId, at],
  )
  return rows
}
