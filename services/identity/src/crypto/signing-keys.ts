import { generateKeyPairSync } from 'node:crypto'

import { calculateJwkThumbprint } from 'jose'

/** Public half of an ES256 key, as the key set shows it. */
export interface PublicJwk {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
  kid: string
  alg: 'ES256'
  use: 'sig'
}

export interface PrivateJwk extends PublicJwk {
  d: string
}

/** A new ES256 key; its id is its RFC 7638 thumbprint. */
export async function generateSigningKey(): Promise<PrivateJwk> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x, y, d } = privateKey.export({ format: 'jwk' })
  if (x === undefined || y === undefined || d === undefined) throw new Error('incomplete key')
  const kid = await calculateJwkThumbprint({ kty: 'EC', crv: 'P-256', x, y })
  return { kty: 'EC', crv: 'P-256', x, y, d, kid, alg: 'ES256', use: 'sig' }
}

export function publicHalf({ kty, crv, x, y, kid, alg, use }: PrivateJwk): PublicJwk {
  return { kty, crv, x, y, kid, alg, use }
}
