import type { Headers } from './headers.ts'

/** Reads `https://a.example,https://b.example`. */
export function parseOrigins(list: string): ReadonlySet<string> {
  return new Set(list.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()])))
}

const ALLOWED_HEADERS =
  'authorization, content-type, idempotency-key, if-match, if-none-match, prefer, traceparent, waiting-room-ticket'
const EXPOSED_HEADERS =
  'etag, link, location, preference-applied, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after'

/** What lets a page of a trusted origin read an answer. Tokens travel in a header, so cookies stay out. */
export function corsHeaders(origin: string): Headers {
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED_HEADERS }
}

/** The answer to a browser that asks before it sends. */
export function preflightHeaders(origin: string): Headers {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': '600',
  }
}
