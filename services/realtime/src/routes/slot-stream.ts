import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, strictObject } from '@medqueue/contracts'
import { addressKey } from '@medqueue/service-kit'
import { Type } from 'typebox'
import type { WebSocket } from '@fastify/websocket'

import { assertUpgrade } from './upgrade.ts'

const MOST_DOCTORS = 50
const ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

const SlotStreamQuery = strictObject({
  doctorIds: Type.String({
    pattern: `^${ID}(,${ID}){0,${MOST_DOCTORS - 1}}$`,
    maxLength: MOST_DOCTORS * 37,
    description: `Whose slots are on the page: 1 to ${MOST_DOCTORS} ids, separated by commas`,
  }),
})

export interface SlotStreamRoutesOptions {
  trustedOrigins: ReadonlySet<string>
  /** Throws when one more socket from the address cannot be taken now. */
  assertRoom: (address: string) => void
  /** Takes over an open socket. */
  accept: (socket: WebSocket, doctorIds: readonly string[], address: string) => void
}

/**
 * `GET /v1/stream/slots` is the WebSocket of a page that shows slots, open to everybody as the search is. It says which
 * times of which doctor have been taken or may be free again, and nothing of people.
 */
export const slotStreamRoutes: FastifyPluginAsyncTypebox<SlotStreamRoutesOptions> = async (app, options) => {
  const { trustedOrigins, assertRoom, accept } = options

  app.route({
    method: 'GET',
    url: '/v1/stream/slots',
    config: { permission: 'public' },
    schema: {
      operationId: 'openSlotStream',
      tags: ['stream'],
      summary: 'WebSocket of changes to the slots of some doctors',
      description:
        'Search after `ready`. Messages are `{id, type, occurredAt, data: {doctorId, start, end}}`: `slots.taken` greys what meets [start, end), `slots.changed` (null: any time) and `reset` (everything) ask for a new search.',
      querystring: SlotStreamQuery,
      response: {
        101: Type.Null(),
        400: Problem,
        403: Problem,
        426: Problem,
        429: Problem,
        503: Problem,
      },
    },
    preHandler: async (request) => {
      assertUpgrade(request, trustedOrigins)
      assertRoom(addressKey(request.ip))
    },
    // Never reached: without an upgrade it has thrown.
    handler: async (_request, reply) => reply.code(101).send(null),
    wsHandler: (socket, request) => {
      const { doctorIds } = request.query
      accept(socket, [...new Set(doctorIds.split(','))], addressKey(request.ip))
    },
  })
}
