import { type Permission, permits } from '@medqueue/contracts'
import { type Caller, CommonErrors, ProblemError } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'

import type { Standing } from '../store/caller-standing.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * A hook for this service's own routes: here a token is not believed for its 15 minutes. Who has logged out or was
 * deactivated gets 401 at once, who has lost the role 403, so that a former administrator cannot use the time left.
 */
export function requireStanding(
  standingOf: (userId: string, sessionId: string | undefined) => Promise<Standing | undefined>,
): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const { permission } = request.routeOptions.config
    if (permission === 'public' || permission === undefined) return
    const standing = await find(request.caller)
    if (standing?.active !== true || !standing.loggedIn) {
      throw new ProblemError(CommonErrors.UNAUTHENTICATED, {
        detail: 'The log-in has ended.',
        headers: { 'www-authenticate': 'Bearer realm="medqueue", error="invalid_token"' },
      })
    }
    if (!mayStill(standing, permission)) throw new ProblemError(CommonErrors.FORBIDDEN)
  }

  async function find({ id, sessionId }: Caller): Promise<Standing | undefined> {
    return UUID.test(id) ? standingOf(id, sessionId) : undefined
  }
}

function mayStill({ roles }: Standing, permission: Permission | 'authenticated'): boolean {
  return permission === 'authenticated' ? roles.length > 0 : permits(roles, permission)
}
