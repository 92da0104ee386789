import type { Relationship } from '@medqueue/contracts'
import type pg from 'pg'

/** Somebody who acts, or acted, for a patient. */
export interface RelatedRow {
  id: string
  version: number
  /** False: revoked. */
  active: boolean
  patient_id: string
  proxy_id: string
  relationship: Relationship
  expires_at: Date
}

const COLUMNS = 'id, version, active, patient_id, proxy_id, relationship, expires_at'

/** What holds now and the person takes part in, as patient or as proxy. The directory bounds how much that is. */
export async function listRelated(pool: pg.Pool, personId: string): Promise<RelatedRow[]> {
  const { rows } = await pool.query<RelatedRow>({
    name: 'fhir-list-related',
    text: `SELECT ${COLUMNS} FROM patient_proxy WHERE active AND expires_at > now() AND patient_id = $1
           UNION ALL
           SELECT ${COLUMNS} FROM patient_proxy WHERE active AND expires_at > now() AND proxy_id = $1
           ORDER BY id`,
    values: [personId],
  })
  return rows
}
