import { createPrivateKey, randomBytes, sign } from 'node:crypto'

import type { Role } from '@medqueue/contracts'

import type { PrivateJwk } from '../crypto/signing-keys.ts'
import { API_SCOPE } from '../oidc/provider.ts'

export interface MintOptions {
  key: PrivateJwk
  issuer: string
  audience: string
  roles: readonly Role[]
  /** Seconds a token lives. */
  lifetime: number
  now: () => Date
}

/**
 * A maker of access tokens like the issuer's own, for load tests: no log-in stands behind them, so they carry no `sid`.
 * Makes about 20,000 a second on one core.
 */
export function createMint(options: MintOptions): (sub: string) => string {
  const { key, issuer, audience, roles, lifetime, now } = options
  const privateKey = createPrivateKey({ key: { ...key }, format: 'jwk' })
  const header = encode({ alg: 'ES256', typ: 'at+jwt', kid: key.kid })
  return (sub) => {
    const iat = Math.floor(now().getTime() / 1_000)
    const claims = {
      roles,
      jti: randomBytes(12).toString('base64url'),
      sub,
      iat,
      exp: iat + lifetime,
      scope: API_SCOPE,
      client_id: 'mint',
      iss: issuer,
      aud: audience,
    }
    const body = `${header}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(body), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return `${body}.${signature.toString('base64url')}`
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
