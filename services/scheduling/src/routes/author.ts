import { formatTraceparent } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'

import type { Author, Edit } from '../core.ts'

/** Who asks: administrators, who may change many doctors at once, may change every doctor. */
export function authorOf({ caller, trace }: Pick<FastifyRequest, 'caller' | 'trace'>): Author {
  return {
    id: caller.id,
    everybody: caller.can('schedule:bulk-write'),
    traceparent: formatTraceparent(trace),
  }
}

/** Who asks, and whether it is only tried. */
export function editOf(request: FastifyRequest<{ Querystring: { dryRun: boolean } }>): Edit {
  return { author: authorOf(request), dryRun: request.query.dryRun }
}
