import { createHash } from 'node:crypto'

import { ROLES, Uuid } from '@medqueue/contracts'
import type { RedisClientType } from 'redis'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'

/** How long a ticket may wait for its socket; seconds. */
export const TICKET_TTL_SECONDS = 30

/** Whom a ticket is for, and until when the access token behind it holds (seconds since 1970). */
export const TicketClaims = Type.Object({
  id: Uuid,
  /** Whose events, when it is not for their own: of a patient for whom they act. */
  patientId: Type.Optional(Uuid),
  roles: Type.Array(Type.Enum([...ROLES])),
  exp: Type.Integer(),
})
export type TicketClaims = Static<typeof TicketClaims>

export interface TicketStore {
  /** Keeps the ticket's hash for its short life. Throws when Redis is out of reach. */
  put: (ticket: string, claims: TicketClaims) => Promise<void>
  /** Takes the ticket: a second call with the same one finds nothing. Throws when Redis is out of reach. */
  take: (ticket: string) => Promise<TicketClaims | undefined>
}

const TIMEOUT_MS = 1_000

/** Tickets in Redis, under their SHA-256: who reads Redis cannot open a socket. */
export function ticketStore(redis: RedisClientType, prefix: string): TicketStore {
  const keyOf = (ticket: string) =>
    `${prefix}stream-ticket:${createHash('sha256').update(ticket).digest('hex')}`
  return {
    put: async (ticket, claims) => {
      const value = JSON.stringify(claims)
      await answered(redis.set(keyOf(ticket), value, { EX: TICKET_TTL_SECONDS }))
    },
    take: async (ticket) => {
      const text = await answered(redis.getDel(keyOf(ticket)))
      return text === null ? undefined : Value.Parse(TicketClaims, JSON.parse(text))
    },
  }
}

/** Fails soon when Redis took the command and hangs: the client's own limit ends with the sending. */
async function answered<T>(command: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error('Redis does not answer'), { code: 'ETIMEDOUT' }))
    }, TIMEOUT_MS)
  })
  try {
    return await Promise.race([command, late])
  } finally {
    clearTimeout(timer)
  }
}
