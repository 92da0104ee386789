import type { IncomingMessage } from 'node:http'

import { PATH_TABLE } from '@medqueue/contracts'
import {
  childTrace,
  CommonErrors,
  formatTraceparent,
  ProblemError,
  type Service,
} from '@medqueue/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Dispatcher } from 'undici'

import { type Forwarding, type Headers, requestHeaders, responseHeaders } from '../domain/headers.ts'
import type { Route } from '../domain/route.ts'
import { LONGEST_TARGET, type Target, targetOf } from '../domain/target.ts'
import { authorizationOf } from '../plugins/opaque-credentials.ts'
import { upgradeOf } from '../plugins/upgrades.ts'
import { forward } from '../proxy/forward.ts'
import type { SocketProxy } from '../proxy/socket-proxy.ts'
import type { Registry } from '../upstreams/registry.ts'
import type { Upstream } from '../upstreams/upstream.ts'

export interface ProxyOptions {
  registry: Registry
  sockets: SocketProxy
  /** Also passes on what lies below `/v1` and belongs to a Service that was found in the cluster. */
  discovers: boolean
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
/** Answers up to this size are passed on in one piece, which is cheaper than a stream. */
const SMALL_BYTES = 65_536

/**
 * Every path of the path table, and what was found. Who may do what is for the owning service to say; the gateway only
 * refuses tokens that are not valid. Bodies are read whole before anything is sent, so that a slow client holds no
 * connection of a service.
 */
export function proxyRoutes({ registry, sockets, discovers }: ProxyOptions) {
  const passOn = async (request: FastifyRequest, reply: FastifyReply, { route, path }: Target) => {
    const upstream = registry.upstreamOf(route)
    const upgrade = route.websocket === true ? upgradeOf(request.raw) : undefined
    const headers = headersFor(request)
    if (upgrade !== undefined) return sockets.pass(upstream, { path, headers, upgrade, reply })
    return pass(upstream, { path, headers, request, reply })
  }
  return async function routes(app: Service): Promise<void> {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    const add = (url: string, isOurs: (route: Route) => boolean) => {
      app.route({
        method: METHODS,
        url,
        config: { permission: 'public' },
        schema: { hide: true },
        handler: async (request, reply) => {
          if (request.url.length > LONGEST_TARGET) throw new ProblemError(CommonErrors.URI_TOO_LONG)
          const target = targetOf(request.url, registry.ownerOf)
          if (target === undefined || !isOurs(target.route)) throw new ProblemError(CommonErrors.NOT_FOUND)
          return passOn(request, reply, target)
        },
      })
    }
    for (const rule of PATH_TABLE) {
      for (const url of [rule.prefix, `${rule.prefix}/*`]) add(url, (route) => route === rule)
    }
    if (discovers) add('/v1/*', (route) => !PATH_TABLE.some((rule) => rule === route))
  }
}

function headersFor(request: FastifyRequest): Headers {
  const forwarding: Forwarding = {
    ip: request.ip,
    protocol: request.protocol,
    host: request.host,
    traceparent: formatTraceparent(childTrace(request.trace)),
  }
  const headers = requestHeaders(request.raw.headers, forwarding)
  const authorization = authorizationOf(request.raw)
  if (authorization !== undefined) headers.authorization = authorization
  return headers
}

interface Exchange {
  path: string
  headers: Headers
  request: FastifyRequest
  reply: FastifyReply
}

async function pass(upstream: Upstream, { path, headers, request, reply }: Exchange): Promise<FastifyReply> {
  const signal = untilGone(request.raw, reply)
  const body = Buffer.isBuffer(request.body) ? request.body : undefined
  const answer = await forward(upstream, { method: request.method, path, headers, body, signal })
  return relay(answer, request.method, reply)
}

/** Aborted when the client goes away before it has its answer. */
function untilGone(request: IncomingMessage, reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  if (request.socket.destroyed) controller.abort()
  return controller.signal
}

async function relay(
  answer: Dispatcher.ResponseData,
  method: string,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { statusCode, headers, body } = answer
  const ownVary = reply.getHeader('vary')
  void reply.code(statusCode).headers(responseHeaders(headers))
  if (ownVary !== undefined && headers.vary !== undefined) {
    void reply.header('vary', [ownVary, headers.vary].flat().join(', '))
  }
  if (method === 'HEAD' || statusCode === 204 || statusCode === 304) {
    await body.dump()
    return reply.send()
  }
  if (Number(headers['content-length'] ?? Infinity) > SMALL_BYTES) return reply.send(body)
  return reply.send(Buffer.from(await body.arrayBuffer()))
}
