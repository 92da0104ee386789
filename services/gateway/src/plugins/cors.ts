import type { Service } from '@medqueue/service-kit'

import { corsHeaders, preflightHeaders } from '../domain/cors.ts'
import type { Owners } from '../domain/route.ts'
import { targetOf } from '../domain/target.ts'

/** Lets pages of the trusted origins call the API; other pages get answers their browser will not show them. */
export function addCors(app: Service, trusted: ReadonlySet<string>, ownerOf: Owners): void {
  if (trusted.size === 0) return
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers
    void reply.header('vary', 'Origin')
    if (origin === undefined || !trusted.has(origin)) return done()
    const asksFirst = request.method === 'OPTIONS' && 'access-control-request-method' in request.headers
    if (asksFirst && targetOf(request.url, ownerOf) !== undefined) {
      void reply.code(204).headers(preflightHeaders(origin)).send()
      return undefined
    }
    void reply.headers(corsHeaders(origin))
    return done()
  })
}
