import type { Queryable } from './queryable.ts'
import { idHash } from './payload-id.ts'

/** False when there was nothing to delete. */
export async function deletePayload(db: Queryable, model: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'delete-payload',
    text: 'DELETE FROM oidc_payload WHERE model = $1 AND id_hash = $2',
    values: [model, idHash(id)],
  })
  return rowCount === 1
}
