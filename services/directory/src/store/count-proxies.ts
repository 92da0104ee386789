import type pg from 'pg'

export interface ProxyCounts {
  /** People who may act for the patient now, and patients the proxy may act for. */
  proxies: number
  patients: number
  /** The proxy may act for the patient already, or might until their time was over. */
  both: boolean
}

/** What is there of a patient and of a proxy. Revoked ones are not counted, nor those whose time is over. */
export async function countProxies(
  client: pg.ClientBase,
  { patientId, proxyId, at }: { patientId: string; proxyId: string; at: Date },
): Promise<ProxyCounts> {
  const { rows } = await client.query<ProxyCounts>(
    `SELECT count(*) FILTER (WHERE patient_id = $1 AND expires_at > $3)::int AS proxies,
       count(*) FILTER (WHERE proxy_id = $2 AND expires_at > $3)::int AS patients,
       coalesce(bool_or(patient_id = $1 AND proxy_id = $2), false) AS both
     FROM patient_proxy WHERE active AND (patient_id = $1 OR proxy_id = $2)`,
    [patientId, proxyId, at],
  )
  return rows[0] ?? { proxies: 0, patients: 0, both: false }
}
