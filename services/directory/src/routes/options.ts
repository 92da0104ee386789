import { formatTraceparent } from '@medqueue/service-kit'
import type { FastifyRequest } from 'fastify'
import type pg from 'pg'

import type { ChangeContext } from '../change.ts'

/** What every resource of the directory is given. */
export interface RouteOptions {
  pool: pg.Pool
  newId: () => string
  now: () => Date
}

/** A change asked for by a request, under the request's trace. */
export function changeOf(request: FastifyRequest, { pool, newId, now }: RouteOptions): ChangeContext {
  return { pool, newId, now, traceparent: formatTraceparent(request.trace) }
}
