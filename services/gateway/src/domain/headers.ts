import type { IncomingHttpHeaders } from 'node:http'

/** Headers as they are given to a client or a reply. */
export type Headers = Record<string, string | string[]>

/** Belong to one connection, not to the message (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
])

/** Set by the gateway alone: what a client says of itself here is dropped. */
const OURS = new Set(['host', 'content-length', 'forwarded', 'x-real-ip', 'via', 'traceparent'])

/** What the gateway knows of the client's connection. */
export interface Forwarding {
  /** Address of the client. */
  ip: string
  protocol: string
  /** Host and port that the client asked for. */
  host: string
  traceparent: string
}

/** The headers of the request to the upstream. */
export function requestHeaders(incoming: IncomingHttpHeaders, forwarding: Forwarding): Headers {
  const dropped = namedByConnection(incoming.connection)
  const headers: Headers = {}
  for (const [name, value] of Object.entries(incoming)) {
    const passes =
      !HOP_BY_HOP.has(name) && !OURS.has(name) && !name.startsWith('x-forwarded-') && !dropped.has(name)
    if (value !== undefined && passes) headers[name] = value
  }
  headers['x-forwarded-for'] = forwarding.ip
  headers['x-forwarded-proto'] = forwarding.protocol
  headers['x-forwarded-host'] = forwarding.host
  headers.traceparent = forwarding.traceparent
  return headers
}

/** The headers of the answer to the client. */
export function responseHeaders(answer: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const dropped = namedByConnection(answer.connection)
  const headers: Headers = {}
  for (const [name, value] of Object.entries(answer)) {
    if (value !== undefined && !HOP_BY_HOP.has(name) && !dropped.has(name)) headers[name] = value
  }
  return headers
}

/** `Connection: close, x-secret` makes `x-secret` a header of this hop only. */
function namedByConnection(connection: string | string[] | undefined): ReadonlySet<string> {
  if (connection === undefined) return NONE
  const text = Array.isArray(connection) ? connection.join(',') : connection
  return new Set(
    text
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
}

const NONE: ReadonlySet<string> = new Set()
