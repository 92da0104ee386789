import { createContextValues } from '@connectrpc/connect'
import { fastifyConnectPlugin } from '@connectrpc/connect-fastify'
import type { Service } from '@medqueue/service-kit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type pg from 'pg'

import { callerKey, directoryRpc } from './directory.ts'
import { errorInterceptor } from './errors.ts'

/** Wide of any message there is: what is read to its end can be refused without giving up the connection. */
const MOST_BYTES = 2 * 1024 ** 2
const MOST_MILLISECONDS = 10_000

/**
 * The DirectoryService over the Connect protocol (and gRPC-Web), on the service's own port. Its paths are in no path
 * table, so only services inside the installation reach them; each call carries a token all the same.
 */
export async function addRpc(app: Service, pool: pg.Pool): Promise<void> {
  await app.register(async (scope) => {
    scope.defaultPermission = 'authenticated'
    // Protobuf is their description, not OpenAPI.
    scope.addHook('onRoute', (route) => void (route.schema = { ...route.schema, hide: true }))
    closeAfterUnreadBody(scope)
    // Connect reads bodies itself.
    scope.removeContentTypeParser('application/json')
    await scope.register(fastifyConnectPlugin, {
      routes: directoryRpc(pool),
      interceptors: [errorInterceptor(app.log)],
      contextValues: (request: FastifyRequest) => createContextValues().set(callerKey, request.caller),
      readMaxBytes: MOST_BYTES,
      maxTimeoutMs: MOST_MILLISECONDS,
      grpc: false,
    })
  })
}

/**
 * Connect refuses a message that is too large without reading the rest of it. The connection cannot be used again:
 * the next request on it would wait behind that rest until it times out.
 */
function closeAfterUnreadBody(scope: FastifyInstance): void {
  scope.addHook('onRequest', async ({ raw }, reply) => {
    // Taken now: an answered request has no socket any more.
    const { socket } = raw
    reply.raw.once('finish', () => {
      if (!raw.complete) socket.destroySoon()
    })
  })
}
