import type { FastifyReply, FastifyRequest } from 'fastify'

import { entityTag, isFresh, listTag } from '../domain/etag.ts'

/** Short: a change of name should be seen within seconds, and the tag makes asking again cheap. */
const SHARED = 'public, max-age=5'
/** What one caller may see is kept by nobody else, and asked for again each time. */
const OWN = 'private, no-cache'

export interface SendOptions {
  /** True when the answer depends on who asks. */
  personal?: boolean
}

interface Versioned {
  id: string
  version: number
}

/** The body as the route's schema for the status writes it: what the schema does not name is left out. */
function bodyOf(reply: FastifyReply, payload: object, status: 200 | 201): string {
  const serialize = reply.getSerializationFunction(String(status))
  if (serialize === undefined) throw new TypeError('the route has no schema for its answer')
  return serialize(payload as Record<string, unknown>)
}

/** Answers a GET with one record: 200, or 304 when the caller's copy is still good. */
export function sendRecord(
  request: FastifyRequest,
  reply: FastifyReply,
  record: Versioned,
  options: SendOptions = {},
): FastifyReply {
  const body = bodyOf(reply, record, 200)
  return sendBody(request, reply, { body, tag: entityTag(record.version, body) }, options)
}

/** Answers a GET with a page: 200, or 304 when the caller's copy is still good. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: { items: readonly object[]; next: string | null },
  options: SendOptions = {},
): FastifyReply {
  const body = bodyOf(reply, page, 200)
  return sendBody(request, reply, { body, tag: listTag(body) }, options)
}

function sendBody(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, tag }: { body: string; tag: string },
  { personal = false }: SendOptions,
): FastifyReply {
  reply.header('etag', tag).header('cache-control', personal ? OWN : SHARED)
  // A cache must not hand an admin's copy to everybody else.
  reply.header('vary', 'authorization')
  if (isFresh(request.headers['if-none-match'], tag)) return reply.code(304).send()
  return reply.header('content-type', 'application/json; charset=utf-8').send(body)
}

/** Answers a change with the record as it is now and its new tag. */
export function sendChanged(reply: FastifyReply, record: Versioned, status: 200 | 201 = 200): FastifyReply {
  const body = bodyOf(reply, record, status)
  return reply
    .code(status)
    .header('etag', entityTag(record.version, body))
    .header('cache-control', 'no-store')
    .header('content-type', 'application/json; charset=utf-8')
    .send(body)
}
