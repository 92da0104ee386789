import { formatTraceparent } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'

import type { Author } from '../core.ts'

/** Who asks: administrators, who may change many doctors at once, may change every doctor. */
export function authorOf({ caller, trace }: FastifyRequest): Author {
  return {
    id: caller.id,
    everybody: caller.can('schedule:bulk-write'),
    traceparent: formatTraceparent(trace),
  }
}
