import type { Queryable } from './queryable.ts'

/** Deletes up to `limit` payloads that expired before the instant. Returns how many went. */
export async function purgeExpired(db: Queryable, before: Date, limit: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'purge-expired',
    text: `
      DELETE FROM oidc_payload WHERE ctid IN (
        SELECT ctid FROM oidc_payload WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    values: [before, limit],
  })
  return rowCount ?? 0
}
