import type pg from 'pg'

import type { ProxyRecord } from '../schemas/proxy.ts'
import { proxySelection } from './proxy-selection.ts'

export interface ProxyUpdate {
  id: string
  /** Undefined: they stay, and it is revoked. */
  terms: { relationship: string; notes: boolean; expiresAt: Date; reason?: string | undefined } | undefined
  changedBy: string
  changedAt: Date
}

/** Gives a proxy other terms, or revokes it; the version grows by one. Undefined when there is none, or it is revoked. */
export async function updateProxy(
  client: pg.ClientBase,
  { id, terms, changedBy, changedAt }: ProxyUpdate,
): Promise<ProxyRecord | undefined> {
  const { rows } = await client.query<ProxyRecord>(
    `UPDATE patient_proxy SET relationship = coalesce($2, relationship), notes = coalesce($3, notes),
       expires_at = coalesce($4, expires_at), active = $5, changed_by = $6, changed_at = $7, reason = $8,
       version = version + 1
     WHERE id = $1 AND active RETURNING ${proxySelection()}`,
    [
      id,
      terms?.relationship,
      terms?.notes,
      terms?.expiresAt,
      terms !== undefined,
      changedBy,
      changedAt,
      terms?.reason,
    ],
  )
  return rows[0]
}
