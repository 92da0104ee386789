import type { Queryable } from './queryable.ts'
import { idHash } from './payload-id.ts'

/** Marks as used. False when it was used before, or is gone: of two at once, one wins. */
export async function consumePayload(db: Queryable, model: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'consume-payload',
    text: `
      UPDATE oidc_payload SET consumed_at = now()
      WHERE model = $1 AND id_hash = $2 AND consumed_at IS NULL`,
    values: [model, idHash(id)],
  })
  return rowCount === 1
}
