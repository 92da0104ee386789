import type pg from 'pg'

export interface ProxyCounts {
  /** People who may act for the patient, and patients the proxy may act for. */
  proxies: number
  patients: number
  /** The proxy may act for the patient already. */
  both: boolean
}

/** What is there of a patient and of a proxy; revoked ones are not counted. */
export async function countProxies(
  client: pg.ClientBase,
  { patientId, proxyId }: { patientId: string; proxyId: string },
): Promise<ProxyCounts> {
  const { rows } = await client.query<ProxyCounts>(
    `SELECT count(*) FILTER (WHERE patient_id = $1)::int AS proxies, count(*) FILTER (WHERE proxy_id = $2)::int AS patients,
       coalesce(bool_or(patient_id = $1 AND proxy_id = $2), false) AS both
     FROM patient_proxy WHERE active AND (patient_id = $1 OR proxy_id = $2)`,
    [patientId, proxyId],
  )
  return rows[0] ?? { proxies: 0, patients: 0, both: false }
}
