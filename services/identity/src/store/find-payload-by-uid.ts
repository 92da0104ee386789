import type { StoredPayload } from './find-payload.ts'
import type { Queryable } from './queryable.ts'

export async function findPayloadByUid(
  db: Queryable,
  model: string,
  uid: string,
): Promise<StoredPayload | undefined> {
  const { rows } = await db.query<StoredPayload>({
    name: 'find-payload-by-uid',
    text: `
      SELECT payload, consumed_at AS "consumedAt", grant_id AS "grantId"
      FROM oidc_payload WHERE uid = $2 AND model = $1
      ORDER BY expires_at DESC LIMIT 1`,
    values: [model, uid],
  })
  return rows[0]
}
