import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'

import type { Role } from '@medqueue/contracts'
import { createSigner } from 'fast-jwt'

import type { Scope } from './scope.ts'

/** Claims of an access token. Anything may be overridden to make a bad one; `undefined` leaves a claim out. */
export interface TokenClaims {
  sub: string
  roles: readonly Role[]
  /** Seconds since 1970; five minutes from now when not given. */
  exp?: number | undefined
  [claim: string]: unknown
}

export interface TokenIssuer {
  issuer: string
  jwksUrl: string
  audience: string
  /** A token signed with ES256 by the current key. */
  token: (claims: TokenClaims) => string
  /** The same claims under `alg: none`, without a signature. */
  unsignedToken: (claims: TokenClaims) => string
  /** Signs with a new key from now on; the key set serves both, or only the new one. */
  rotateKey: (options?: { forgetOld?: boolean }) => void
  close: () => Promise<void>
}

const TOKEN_AUDIENCE = 'medqueue'

interface Key {
  kid: string
  privatePem: string
  jwk: object
}

/**
 * A real issuer for tests: ES256 keys and an HTTP key set on loopback. Give it a scope, or close it yourself.
 */
export async function createTokenIssuer(scope?: Scope): Promise<TokenIssuer> {
  let keys = [newKey()]
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }))
  })
  const origin = await listen(server)
  const audience = TOKEN_AUDIENCE as string
  const issuer = `${origin}/oidc`
  const complete = (claims: TokenClaims) => withDefaults(claims, issuer, audience)
  const close = async () => closeServer(server)
  scope?.teardown(close)
  return {
    issuer,
    jwksUrl: `${origin}/oidc/jwks`,
    audience,
    token: (claims) => sign(keys.at(-1) ?? newKey(), complete(claims)),
    unsignedToken: (claims) => `${encode({ alg: 'none', typ: 'JWT' })}.${encode(complete(claims))}.`,
    rotateKey: ({ forgetOld = false } = {}) => {
      keys = forgetOld ? [newKey()] : [...keys, newKey()]
    },
    close,
  }
}

function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const kid = randomUUID()
  return {
    kid,
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' },
  }
}

function withDefaults(claims: TokenClaims, issuer: string, audience: string): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000)
  const all = { iss: issuer, aud: audience, iat: now, exp: now + 300, jti: randomUUID(), ...claims }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function sign({ kid, privatePem }: Key, claims: Record<string, unknown>): string {
  return createSigner({ key: privatePem, algorithm: 'ES256', kid })(claims)
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the key set has no port')
  return `http://127.0.0.1:${address.port}`
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  if (server.listening) await new Promise((resolve) => server.close(resolve))
}
