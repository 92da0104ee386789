import { createHash } from 'node:crypto'

import { createDecoder, createSigner, createVerifier } from 'fast-jwt'

/** What a ticket says. It is bound to a person: nobody can use another's. */
export interface TicketClaims {
  opening: string
  /** How many had come before, in that opening. */
  number: number
}

export interface Tickets {
  sign: (userId: string, claims: TicketClaims) => string
  /** The claims of a ticket of this person, or undefined: forged, somebody else's, past its time, or not ours. */
  read: (ticket: string, userId: string) => TicketClaims | undefined
}

const AUDIENCE = 'medqueue:waiting-room'
/** Longer than any opening that is not permanent; who waits still asks for the same place anew. */
const LIFE_MS = 12 * 3_600_000
const LONGEST = 1_000
const KEY_BYTES = 32

/**
 * Tickets as JWTs under HMAC-SHA-256. Of the keys (32 bytes or more in base64, separated by commas) the first signs and
 * all are accepted, so that they are changed in two steps without a ticket being lost: the new one first, later without the old
 * one. They are asked for now and then. Throws TypeError for keys that are none. `now`: Unix ms.
 */
export function createTickets(keys: () => string, now: () => number): Tickets {
  const decode = createDecoder({ complete: true })
  let text = keys()
  let ring = ringOf(text, now)
  const current = () => {
    const latest = keys()
    if (latest === text) return ring
    text = latest
    ring = ringOf(latest, now)
    return ring
  }
  return {
    sign: (sub, { opening, number }) => current().sign({ sub, opening, number }),
    read: (ticket, userId) => {
      if (ticket.length > LONGEST) return undefined
      try {
        const { header } = decode(ticket) as { header: { kid?: unknown } }
        const claims = current().verifiers.get(String(header.kid))?.(ticket)
        return claims?.sub === userId ? { opening: claims.opening, number: claims.number } : undefined
      } catch {
        return undefined
      }
    },
  }
}

interface Claims extends TicketClaims {
  sub: string
}

interface Ring {
  sign: (claims: Claims) => string
  verifiers: ReadonlyMap<string, (ticket: string) => Claims>
}

/** Checks keys. Throws TypeError. */
export function keysOf(text: string): Buffer[] {
  const keys = text.split(',').map((part) => Buffer.from(part.trim(), 'base64'))
  if (keys.some(({ length }) => length < KEY_BYTES))
    throw new TypeError(`each key of the waiting room must be ${KEY_BYTES} bytes or more in base64`)
  return keys
}

function ringOf(text: string, now: () => number): Ring {
  const keys = keysOf(text).map((key) => ({ key, kid: kidOf(key) }))
  const [first] = keys
  if (first === undefined) throw new TypeError('there is no key')
  const { key, kid } = first
  const signer = createSigner({ key, kid, algorithm: 'HS256', aud: AUDIENCE, expiresIn: LIFE_MS })
  const verifiers = keys.map((each) => {
    const verify = createVerifier({
      ...{ key: each.key, algorithms: ['HS256' as const], allowedAud: AUDIENCE, cache: false },
      requiredClaims: ['sub', 'opening', 'number', 'iat', 'exp'],
    }) as (ticket: string) => Claims
    return [each.kid, verify] as const
  })
  return {
    sign: (claims) => signer({ ...claims, iat: Math.floor(now() / 1_000) }),
    verifiers: new Map(verifiers),
  }
}

/** Names the key and says nothing of it. */
const kidOf = (key: Buffer) => createHash('sha256').update('kid').update(key).digest('hex').slice(0, 8)
