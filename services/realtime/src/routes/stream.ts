import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, strictObject } from '@medqueue/contracts'
import { ProblemError } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { WebSocket } from '@fastify/websocket'

import type { Pair } from '../domain/grants.ts'
import { RealtimeErrors } from '../errors.ts'
import type { TicketClaims, TicketStore } from '../store/tickets.ts'
import { unavailable } from './tickets.ts'
import { assertUpgrade } from './upgrade.ts'

const StreamQuery = strictObject({
  ticket: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description: 'From POST /v1/stream/tickets' }),
  lastEventId: Type.Optional(
    Type.String({
      pattern: '^(0|[1-9][0-9]{0,14})$',
      description: 'Id of the last message seen: what came after it is sent first',
    }),
  ),
})

export interface StreamRoutesOptions {
  tickets: TicketStore
  trustedOrigins: ReadonlySet<string>
  /** Throws when one more socket cannot be taken now. */
  assertRoom: () => void
  /** Throws when the person has too many sockets. */
  assertRoomFor: (person: string) => void
  /** Throws REALTIME_FOR_OTHERS unless the patient lets the other act for them now. */
  assertActs: (pair: Pair) => void
  /** Takes over an open socket. */
  accept: (socket: WebSocket, claims: TicketClaims, lastEventId: number | undefined) => void
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom the stream's ticket was for. */
    ticketClaims: TicketClaims | undefined
  }
}

/**
 * `GET /v1/stream` is the WebSocket of one person's events. Everything is refused as plain HTTP before the upgrade; the
 * ticket goes last, so that what fails for another reason does not use it up.
 */
export const streamRoutes: FastifyPluginAsyncTypebox<StreamRoutesOptions> = async (app, options) => {
  const { tickets, trustedOrigins, assertRoom, assertRoomFor, assertActs, accept } = options
  app.decorateRequest('ticketClaims', undefined)

  const claim = async (request: FastifyRequest): Promise<void> => {
    assertUpgrade(request, trustedOrigins)
    assertRoom()
    const { ticket } = request.query as { ticket: string }
    const claims = await tickets.take(ticket).catch(unavailable)
    if (claims === undefined) throw new ProblemError(RealtimeErrors.REALTIME_TICKET_INVALID)
    const { id, patientId } = claims
    if (patientId !== undefined) assertActs({ patientId, proxyId: id })
    assertRoomFor(id)
    request.ticketClaims = claims
  }

  app.route({
    method: 'GET',
    url: '/v1/stream',
    config: { permission: 'public' },
    schema: {
      operationId: 'openStream',
      tags: ['stream'],
      summary: 'WebSocket of my events, or of a patient for whom I act',
      description: 'Messages are `{id, type, occurredAt, data}`; the type is an event, `ready` or `reset`.',
      querystring: StreamQuery,
      response: {
        101: Type.Null(),
        400: Problem,
        401: Problem,
        403: Problem,
        426: Problem,
        429: Problem,
        503: Problem,
      },
    },
    preHandler: claim,
    // Never reached: without an upgrade `claim` has thrown.
    handler: async (_request, reply) => reply.code(101).send(null),
    wsHandler: (socket, request) => {
      const { ticketClaims: claims, query } = request
      if (claims === undefined) return socket.terminate()
      const { lastEventId } = query as { lastEventId?: string }
      accept(socket, claims, lastEventId === undefined ? undefined : Number(lastEventId))
    },
  })
}
