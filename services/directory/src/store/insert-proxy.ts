import type pg from 'pg'

import type { ProxyRecord } from '../schemas/proxy.ts'
import { proxySelection } from './proxy-selection.ts'

export interface ProxyRow {
  id: string
  patientId: string
  proxyId: string
  relationship: string
  notes: boolean
  expiresAt: Date
  reason?: string | undefined
  changedBy: string
  changedAt: Date
}

/** Adds a proxy at version 1; undefined when the id is taken. */
export async function insertProxy(client: pg.ClientBase, row: ProxyRow): Promise<ProxyRecord | undefined> {
  const { rows } = await client.query<ProxyRecord>(
    `INSERT INTO patient_proxy (id, patient_id, proxy_id, relationship, notes, expires_at, changed_by, changed_at,
       reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING RETURNING ${proxySelection()}`,
    [
      ...[row.id, row.patientId, row.proxyId, row.relationship],
      ...[row.notes, row.expiresAt, row.changedBy, row.changedAt, row.reason ?? null],
    ],
  )
  return rows[0]
}
