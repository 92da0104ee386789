import { type EventEnvelope, ProxySnapshot } from '@medqueue/contracts'
import type pg from 'pg'
import { Value } from 'typebox/value'

/** Keeps what the highest version says of who may act for a patient. */
export async function projectProxies(client: pg.ClientBase, event: EventEnvelope): Promise<void> {
  if (event.type !== 'directory.proxy.changed') return
  const { id, version, active, patientId, proxyId, relationship, notes, expiresAt } = Value.Parse(
    ProxySnapshot,
    event.data,
  )
  await client.query(
    `INSERT INTO patient_proxy AS old (id, version, active, patient_id, proxy_id, relationship, notes, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, active = excluded.active,
       relationship = excluded.relationship, notes = excluded.notes, expires_at = excluded.expires_at
     WHERE old.version < excluded.version`,
    [id, version, active, patientId, proxyId, relationship, notes, expiresAt],
  )
}
