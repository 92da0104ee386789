import type { IncomingMessage } from 'node:http'

import { ownerOf } from '@medqueue/contracts'
import type { Service } from '@medqueue/service-kit'

const KEPT = Symbol('authorization')
type Keeping = IncomingMessage & { [KEPT]?: string }

/** Under these paths `Authorization` is for the log-in protocol: client secrets and tokens only identity can read. */
const PROTOCOL_PREFIXES = new Set(['/oidc', '/interaction'])

/**
 * Keeps the token check away from credentials of the log-in protocol, which are no access tokens of ours. They are
 * passed on untouched.
 */
export function addOpaqueCredentials(app: Service): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const raw: Keeping = request.raw
    const { authorization } = raw.headers
    if (authorization !== undefined && isProtocolPath(request.url)) {
      raw[KEPT] = authorization
      delete raw.headers.authorization
    }
    done()
  })
}

/** The credentials that were kept from the token check, if any. */
export function authorizationOf(request: IncomingMessage): string | undefined {
  return (request as Keeping)[KEPT]
}

function isProtocolPath(url: string): boolean {
  const rule = ownerOf(url.split('?', 1)[0] ?? '')
  return rule !== undefined && PROTOCOL_PREFIXES.has(rule.prefix)
}
