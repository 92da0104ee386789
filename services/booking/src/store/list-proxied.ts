import { Uuid } from '@medqueue/contracts'
import type pg from 'pg'
import { Check } from 'typebox/value'

/** Of some patients, those for whom somebody may act now, each with whether what people have written is shown. */
export async function listProxied(
  pool: pg.Pool,
  { proxyId, patientIds }: { proxyId: string; patientIds: readonly string[] },
): Promise<Map<string, boolean>> {
  if (!Check(Uuid, proxyId) || patientIds.length === 0) return new Map()
  const { rows } = await pool.query<{ patient_id: string; notes: boolean }>({
    name: 'list-proxied',
    text: `SELECT patient_id, bool_and(notes) AS notes FROM patient_proxy
           WHERE proxy_id = $1 AND patient_id = ANY ($2::uuid[]) AND active AND expires_at > now() GROUP BY patient_id`,
    values: [proxyId, patientIds],
  })
  return new Map(rows.map(({ patient_id: id, notes }) => [id, notes]))
}
