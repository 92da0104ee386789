import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Instant, Problem, strictObject, Uuid } from '@medqueue/contracts'
import { CommonErrors, isDependencyDown, ProblemError } from '@medqueue/service-kit'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

import type { Pair } from '../domain/grants.ts'
import { expiryOf } from '../domain/token-expiry.ts'
import { RealtimeErrors } from '../errors.ts'
import { TICKET_TTL_SECONDS, type TicketStore } from '../store/tickets.ts'

const Ticket = Type.Object({
  ticket: Type.String({ description: 'Give it as `ticket` to GET /v1/stream; it opens one socket' }),
  expiresAt: Instant,
})

/** There is nothing that must be said. */
const TicketBody = Type.Unsafe<{ patientId?: string } | null>({
  ...strictObject({
    patientId: Type.Optional({ ...Uuid, description: 'Whose events: of a patient for whom you act' }),
  }),
  type: ['object', 'null'],
})

export interface TicketRoutesOptions {
  tickets: TicketStore
  /** 256 random bits as base64url. */
  newTicket: () => string
  now: () => Date
  /** Throws REALTIME_FOR_OTHERS unless the patient lets the other act for them now. */
  assertActs: (pair: Pair) => void
}

/**
 * `POST /v1/stream/tickets` gives a ticket for one socket. A browser cannot send a token with a WebSocket, and a token
 * in a URL would end up in logs: so the URL carries this instead, which is of no use a moment later.
 */
export const ticketRoutes: FastifyPluginAsyncTypebox<TicketRoutesOptions> = async (app, options) => {
  const { tickets, newTicket, now, assertActs } = options
  const schema = {
    operationId: 'createStreamTicket',
    tags: ['stream'],
    summary: 'A one-time ticket for the event stream',
    body: TicketBody,
    response: { 201: Ticket, 401: Problem, 403: Problem, 503: Problem },
  }

  app.post(
    '/v1/stream/tickets',
    { schema, config: { permission: 'stream:subscribe' } },
    async (request, reply) => {
      const { id, roles, token } = request.caller
      const exp = expiryOf(token)
      // The id becomes part of a subject pattern: nothing but a UUID may get there.
      if (!Value.Check(Uuid, id) || exp === undefined) {
        throw new ProblemError(CommonErrors.FORBIDDEN, { detail: 'The token speaks for no person.' })
      }
      const { patientId = id } = request.body ?? {}
      if (patientId !== id) assertActs({ patientId, proxyId: id })
      const ticket = newTicket()
      const whose = patientId === id ? {} : { patientId }
      await tickets.put(ticket, { id, ...whose, roles: [...roles], exp }).catch(unavailable)
      const expiresAt = new Date(now().getTime() + TICKET_TTL_SECONDS * 1_000).toISOString()
      return reply.code(201).send({ ticket, expiresAt })
    },
  )
}

/** Rethrows: Redis away is REALTIME_TICKETS_UNAVAILABLE, all else is a bug. */
export function unavailable(cause: unknown): never {
  if (!isDependencyDown(cause)) throw cause
  throw new ProblemError(RealtimeErrors.REALTIME_TICKETS_UNAVAILABLE, {
    headers: { 'retry-after': '2' },
    cause,
  })
}
