import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem, strictObject } from '@medqueue/contracts'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import type { Calendars } from '../calendars/deps.ts'
import { readFeed, REFRESH_SECONDS } from '../calendars/feed-text.ts'
import { hashOf } from '../calendars/token.ts'

const Params = strictObject({ file: Type.String({ description: 'The secret, and `.ics`' }) })

/** A calendar program asks every quarter of an hour, a person who presses reload some times a minute. */
const PER_MINUTE = 20
const SUFFIX = '.ics'

function tokenOf(request: FastifyRequest): string {
  const { file } = request.params as { file: string }
  return file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : ''
}

/**
 * `GET /v1/calendar/{token}.ics` is for calendar programs, which cannot log in: the secret in the path is all they need,
 * and all there is to guess. Reading changes nothing.
 */
export const calendarRoutes: FastifyPluginAsyncTypebox<{ calendars: Calendars }> = async (
  app,
  { calendars },
) => {
  // The count is kept under the hash: what is shared between replicas must not open a feed either.
  const key = (request: FastifyRequest) => hashOf(tokenOf(request)).toString('base64url')

  app.get(
    '/v1/calendar/:file',
    {
      config: { permission: 'public', rateLimit: { perMinute: PER_MINUTE, key } },
      schema: {
        operationId: 'readCalendarFeed',
        params: Params,
        response: { 200: Type.String(), 304: Type.Null(), 404: Problem, 429: Problem },
      },
    },
    async (request, reply) => {
      const { body, etag } = await readFeed(calendars, tokenOf(request))
      reply
        .header('etag', etag)
        .header('cache-control', `private, max-age=${REFRESH_SECONDS}, must-revalidate`)
        .header('x-robots-tag', 'noindex')
        .header('referrer-policy', 'no-referrer')
      if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send(null)
      return reply
        .header('content-type', 'text/calendar; charset=utf-8')
        .header('content-disposition', 'inline; filename="medqueue.ics"')
        .send(body)
    },
  )
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2). */
function matches(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(etag)
}
