import type pg from 'pg'

import type { ProxyRecord } from '../schemas/proxy.ts'
import { proxySelection } from './proxy-selection.ts'

/** What was granted for a patient under this id, revoked or not. */
export async function findProxy(
  client: pg.Pool | pg.ClientBase,
  { id, patientId }: { id: string; patientId: string },
): Promise<ProxyRecord | undefined> {
  const { rows } = await client.query<ProxyRecord>(
    `SELECT ${proxySelection()} FROM patient_proxy WHERE id = $1 AND patient_id = $2`,
    [id, patientId],
  )
  return rows[0]
}
