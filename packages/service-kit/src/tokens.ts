import { createDecoder, createVerifier } from 'fast-jwt'
import type { Logger } from 'pino'

import { type Caller, createCaller, knownRoles } from './caller.ts'
import type { TokenConfig } from './config.ts'
import { CommonErrors, ProblemError } from './errors.ts'
import { KeySet } from './key-set.ts'

/** Clocks of the issuer and of this machine may differ by this much. */
const CLOCK_TOLERANCE_MS = 2_000
/** Callers remembered by token, about a kilobyte each; checking a signature costs two hundred times a look-up. */
const MAX_REMEMBERED = 32_768
const MAX_TOKEN_LENGTH = 8_192
const TOKEN_TYPES = new Set(['at+jwt', 'application/at+jwt', 'jwt'])

type Verify = (token: string) => Record<string, unknown>

interface Remembered {
  caller: Caller
  /** Milliseconds since the epoch. */
  expires: number
}

export interface TokenCheckerOptions {
  config: TokenConfig
  logger: Logger
  /** For what is remembered; signatures are checked against the machine's clock. */
  clock?: () => number
  keyRefreshMs?: number
  keyCooldownMs?: number
}

/**
 * Checks access tokens: ES256 only, this issuer, this audience, not expired. The whole header is the key of what is
 * remembered, so a token that differs in one character is checked anew.
 */
export class TokenChecker {
  readonly #keys: KeySet<Verify>
  readonly #clock: () => number
  readonly #remembered = new Map<string, Remembered>()
  readonly #decode = createDecoder({ complete: true })

  constructor({ config, logger, clock = Date.now, keyRefreshMs, keyCooldownMs }: TokenCheckerOptions) {
    this.#clock = clock
    this.#keys = new KeySet<Verify>({
      url: config.JWKS_URL,
      logger,
      // A token signed with a key that was withdrawn must not live on in memory.
      onChange: () => this.#remembered.clear(),
      prepare: (pem) =>
        createVerifier({
          key: pem,
          algorithms: ['ES256'],
          allowedIss: config.ISSUER,
          allowedAud: config.TOKEN_AUDIENCE,
          requiredClaims: ['iss', 'aud', 'sub', 'exp'],
          clockTolerance: CLOCK_TOLERANCE_MS,
          cache: false,
        }) as Verify,
      ...(keyRefreshMs === undefined ? {} : { refreshMs: keyRefreshMs }),
      ...(keyCooldownMs === undefined ? {} : { cooldownMs: keyCooldownMs }),
    })
  }

  start(): void {
    this.#keys.start()
  }

  stop(): void {
    this.#keys.stop()
  }

  /** The caller of an `Authorization` header seen before, or undefined: then `check` must be asked. */
  recall(header: string): Caller | undefined {
    const remembered = this.#remembered.get(header)
    if (remembered === undefined) return undefined
    if (remembered.expires > this.#clock()) return remembered.caller
    this.#remembered.delete(header)
    return undefined
  }

  /**
   * The caller of an `Authorization` header. Throws UNAUTHENTICATED, or UNAVAILABLE when the key is unknown and
   * the issuer cannot be asked.
   */
  async check(header: string): Promise<Caller> {
    const token = bearerToken(header)
    const kid = this.#keyId(token)
    const verify = this.#keys.get(kid) ?? (await this.#keys.find(kid))
    if (verify === undefined) {
      if (this.#keys.blind)
        throw new ProblemError(CommonErrors.UNAVAILABLE, { headers: { 'retry-after': '2' } })
      throw unauthenticated('The token is signed with a key the issuer does not list.')
    }
    const claims = verified(verify, token)
    const caller = callerOf(claims, token)
    this.#remember(header, { caller, expires: Number(claims.exp) * 1_000 + CLOCK_TOLERANCE_MS })
    return caller
  }

  #keyId(token: string): string {
    const { alg, typ, kid } = this.#headerOf(token)
    if (alg !== 'ES256') throw unauthenticated('The token is not signed with ES256.')
    if (!isAccessTokenType(typ)) throw unauthenticated('The token is not an access token.')
    if (typeof kid !== 'string' || kid === '') throw unauthenticated('The token names no key.')
    return kid
  }

  #headerOf(token: string): Record<string, unknown> {
    try {
      return (this.#decode(token) as { header: Record<string, unknown> }).header
    } catch (cause) {
      throw unauthenticated('The token cannot be read.', cause)
    }
  }

  #remember(header: string, remembered: Remembered): void {
    if (this.#remembered.size >= MAX_REMEMBERED) {
      const [oldest] = this.#remembered.keys()
      if (oldest !== undefined) this.#remembered.delete(oldest)
    }
    this.#remembered.set(header, remembered)
  }
}

/** RFC 9068 names the type of access tokens; older issuers say JWT or nothing. */
function isAccessTokenType(typ: unknown): boolean {
  return typ === undefined || (typeof typ === 'string' && TOKEN_TYPES.has(typ.toLowerCase()))
}

/** 401 with the challenge of RFC 6750. */
export function unauthenticated(detail: string, cause?: unknown): ProblemError {
  return new ProblemError(CommonErrors.UNAUTHENTICATED, {
    detail,
    headers: { 'www-authenticate': 'Bearer realm="medqueue", error="invalid_token"' },
    cause,
  })
}

/** 401 for a request that carries no token at all: RFC 6750 wants no error code then. */
export function tokenMissing(): ProblemError {
  return new ProblemError(CommonErrors.UNAUTHENTICATED, {
    detail: 'The request carries no access token.',
    headers: { 'www-authenticate': 'Bearer realm="medqueue"' },
  })
}

function bearerToken(header: string): string {
  if (header.length > MAX_TOKEN_LENGTH) throw unauthenticated('The token is too long.')
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1]
  if (token === undefined) throw unauthenticated('The Authorization header is not `Bearer <token>`.')
  return token
}

function verified(verify: Verify, token: string): Record<string, unknown> {
  try {
    return verify(token)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    throw unauthenticated(REASONS[code] ?? 'The token is not valid.', cause)
  }
}

const REASONS: Record<string, string> = {
  FAST_JWT_EXPIRED: 'The token has expired.',
  FAST_JWT_INACTIVE: 'The token is not valid yet.',
  FAST_JWT_INVALID_SIGNATURE: 'The signature of the token does not fit.',
  FAST_JWT_INVALID_CLAIM_VALUE: 'The token is for another audience or from another issuer.',
}

function callerOf(claims: Record<string, unknown>, token: string): Caller {
  const { sub, roles, sid } = claims
  if (typeof sub !== 'string' || sub === '') throw unauthenticated('The token names no subject.')
  const list = Array.isArray(roles) ? roles : []
  return createCaller(sub, knownRoles(list), token, typeof sid === 'string' ? sid : undefined)
}
