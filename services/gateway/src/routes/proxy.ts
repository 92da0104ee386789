import type { IncomingMessage } from 'node:http'

import { PATH_TABLE, type PathRule } from '@medqueue/contracts'
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
import { targetOf } from '../domain/target.ts'
import { authorizationOf } from '../plugins/opaque-credentials.ts'
import { upgradeOf } from '../plugins/upgrades.ts'
import { forward } from '../proxy/forward.ts'
import type { SocketProxy } from '../proxy/socket-proxy.ts'
import type { Upstream } from '../upstreams/upstream.ts'

export interface ProxyOptions {
  upstreamOf: (rule: PathRule) => Upstream
  sockets: SocketProxy
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
/** Answers up to this size are passed on in one piece, which is cheaper than a stream. */
const SMALL_BYTES = 65_536

/**
 * Every path of the path table. Who may do what is for the owning service to say; the gateway only refuses tokens that
 * are not valid. Bodies are read whole before anything is sent, so that a slow client holds no connection of a service.
 */
export function proxyRoutes({ upstreamOf, sockets }: ProxyOptions) {
  return async function routes(app: Service): Promise<void> {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    for (const rule of PATH_TABLE) {
      const upstream = upstreamOf(rule)
      for (const url of [rule.prefix, `${rule.prefix}/*`]) {
        app.route({
          method: METHODS,
          url,
          config: { permission: 'public' },
          schema: { hide: true },
          handler: async (request, reply) => {
            const path = pathFor(request, rule)
            const upgrade = rule.websocket === true ? upgradeOf(request.raw) : undefined
            const headers = headersFor(request)
            if (upgrade !== undefined) return sockets.pass(upstream, { path, headers, upgrade, reply })
            return pass(upstream, { path, headers, request, reply })
          },
        })
      }
    }
  }
}

function pathFor(request: FastifyRequest, rule: PathRule): string {
  const target = targetOf(request.url)
  if (target?.rule !== rule) throw new ProblemError(CommonErrors.NOT_FOUND)
  return target.path
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
