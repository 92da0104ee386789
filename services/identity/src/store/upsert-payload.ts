import type { Queryable } from './queryable.ts'
import { idHash } from './payload-id.ts'

export interface NewPayload {
  model: string
  id: string
  payload: Record<string, unknown>
  grantId: string | undefined
  accountId: string | undefined
  uid: string | undefined
  /** Seconds from now. */
  expiresIn: number
}

/** Stores what the provider must remember. A used mark stays: what was consumed once stays consumed. */
export async function upsertPayload(db: Queryable, entry: NewPayload): Promise<void> {
  const { model, id, payload, grantId, accountId, uid, expiresIn } = entry
  await db.query({
    name: 'upsert-payload',
    text: `
      INSERT INTO oidc_payload (model, id_hash, payload, grant_id, account_id, uid, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
      ON CONFLICT (model, id_hash) DO UPDATE
      SET payload = excluded.payload, grant_id = excluded.grant_id, account_id = excluded.account_id,
          uid = excluded.uid, expires_at = excluded.expires_at`,
    values: [model, idHash(id), payload, grantId ?? null, accountId ?? null, uid ?? null, expiresIn],
  })
}
