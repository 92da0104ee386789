import type { StoredKey } from './insert-signing-key.ts'
import type { Queryable } from './queryable.ts'

/** Every key that is kept, oldest first. */
export async function listSigningKeys(db: Queryable): Promise<StoredKey[]> {
  const { rows } = await db.query<StoredKey>({
    name: 'list-signing-keys',
    text: `
      SELECT kid, public_jwk AS "publicJwk", sealed_private_jwk AS "sealedPrivateJwk", activates_at AS "activatesAt"
      FROM signing_key ORDER BY activates_at, kid`,
  })
  return rows
}
