import type { Queryable } from './queryable.ts'
import { idHash } from './payload-id.ts'

export interface StoredPayload {
  payload: Record<string, unknown>
  consumedAt: Date | null
  grantId: string | null
}

export async function findPayload(
  db: Queryable,
  model: string,
  id: string,
): Promise<StoredPayload | undefined> {
  const { rows } = await db.query<StoredPayload>({
    name: 'find-payload',
    text: `
      SELECT payload, consumed_at AS "consumedAt", grant_id AS "grantId"
      FROM oidc_payload WHERE model = $1 AND id_hash = $2`,
    values: [model, idHash(id)],
  })
  return rows[0]
}
