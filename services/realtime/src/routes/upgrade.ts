import { ProblemError } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'

import { originAllowed } from '../domain/origins.ts'
import { RealtimeErrors } from '../errors.ts'

/** Throws REALTIME_UPGRADE_REQUIRED for plain HTTP, REALTIME_ORIGIN_REFUSED for a page of another site. */
export function assertUpgrade(request: FastifyRequest, trustedOrigins: ReadonlySet<string>): void {
  if (!request.ws)
    throw new ProblemError(RealtimeErrors.REALTIME_UPGRADE_REQUIRED, { headers: { upgrade: 'websocket' } })
  if (!originAllowed(request.headers.origin, trustedOrigins))
    throw new ProblemError(RealtimeErrors.REALTIME_ORIGIN_REFUSED)
}
