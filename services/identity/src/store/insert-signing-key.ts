import type { PublicJwk } from '../crypto/signing-keys.ts'
import type { Queryable } from './queryable.ts'

export interface StoredKey {
  kid: string
  publicJwk: PublicJwk
  sealedPrivateJwk: Buffer
  activatesAt: Date
}

export async function insertSigningKey(db: Queryable, key: StoredKey): Promise<void> {
  await db.query({
    name: 'insert-signing-key',
    text: `
      INSERT INTO signing_key (kid, public_jwk, sealed_private_jwk, activates_at)
      VALUES ($1, $2, $3, $4)`,
    values: [key.kid, key.publicJwk, key.sealedPrivateJwk, key.activatesAt],
  })
}
