import type { IncomingMessage } from 'node:http'

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Provider } from 'oidc-provider'

export interface OidcRoutesOptions {
  /** The issuer's URL. Its path is where the provider is mounted, its origin what every link is made of. */
  issuer: string
  provider: () => Provider
}

/** What the provider reads of a request that was mounted below the root. */
type Mounted = IncomingMessage & { originalUrl?: string }

const AUTHORIZATION = Symbol('authorization')

/**
 * Hands everything below the issuer's path to the OIDC provider, which answers on the bare socket. Rate limit,
 * metrics and trace stay the service's own.
 */
export const oidcRoutes: FastifyPluginAsyncTypebox<OidcRoutesOptions> = async (app, { issuer, provider }) => {
  const { host, protocol, pathname } = new URL(issuer)
  const mount = pathname.replace(/\/$/, '')

  // The provider reads the body itself.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  // A client's own secret comes as `Authorization: Basic`, which is no access token: the guard must not judge it.
  app.addHook('onRequest', async ({ raw }) => {
    const { authorization } = raw.headers
    if (authorization === undefined) return
    Object.assign(raw, { [AUTHORIZATION]: authorization })
    delete raw.headers.authorization
  })

  const handle = async (raw: Mounted & { [AUTHORIZATION]?: string }, reply: { raw: never }) => {
    const authorization = raw[AUTHORIZATION]
    if (authorization !== undefined) raw.headers.authorization = authorization
    // Whatever the way here was, links lead to the public address, and none is made of what a client sent.
    raw.headers['x-forwarded-host'] = host
    raw.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    raw.originalUrl = raw.url ?? '/'
    raw.url = raw.originalUrl.slice(mount.length) || '/'
    try {
      await provider().callback()(raw, reply.raw)
    } finally {
      raw.url = raw.originalUrl // For the log of the request.
    }
  }

  const schema = { hide: true }
  // What other services and clients fetch must not count against the people behind the same address.
  const open = { permission: 'public', rateLimit: false } as const
  for (const path of ['/jwks', '/.well-known/openid-configuration']) {
    app.get(`${mount}${path}`, { schema, config: open }, async (request, reply) => {
      reply.hijack()
      await handle(request.raw, reply as never)
    })
  }
  app.route({
    method: ['GET', 'POST', 'OPTIONS'],
    url: `${mount}/*`,
    schema,
    config: { permission: 'public' },
    handler: async (request, reply) => {
      // Headers of the service, such as the rate limit's, would be lost with the reply.
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value)
      }
      reply.hijack()
      await handle(request.raw, reply as never)
    },
  })
}
