import type { Queryable } from './queryable.ts'

/** Deletes what one model made under a grant: its codes, or the whole family of its refresh tokens. */
export async function deleteGrantPayloads(db: Queryable, model: string, grantId: string): Promise<void> {
  await db.query({
    name: 'delete-grant-payloads',
    text: 'DELETE FROM oidc_payload WHERE model = $1 AND grant_id = $2',
    values: [model, grantId],
  })
}
