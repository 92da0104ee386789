import type { Server } from 'node:http'
import type { Socket } from 'node:net'

import { type CatalogueEntry, CommonErrors } from './errors.ts'

type Refuse = (error: Error & { code: string }, socket: Socket) => void

export interface BrokenRequests {
  /** For requests that are not even HTTP, or take too long to arrive. */
  refuse: Refuse
  /** Learns which connections have brought a request. */
  follow: (server: Server) => void
}

/** How long a connection may still speak when nothing was read of it in all its time; milliseconds. */
const LAST_LOOK_MS = 250

/**
 * Answers broken requests on the bare socket. A connection of which nothing was read is closed without a word: a proxy that
 * keeps connections in store would take the word for the answer to its next request (RFC 9110, 15.5.9). But first the process
 * looks once more: one that had no processor for seconds has not looked at all, and the request is there.
 */
export function createBrokenRequests(): BrokenRequests {
  const hasAsked = new WeakSet<Socket>()
  const lastLook = (error: Error & { code: string }, socket: Socket) => {
    setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy()
      // An upgrade is no request to Node, but is answered at once.
      else if (!hasAsked.has(socket) && socket.bytesWritten === 0) answer(error, socket)
    }, LAST_LOOK_MS)
  }
  return {
    refuse: (error, socket) => {
      if (error.code === 'ECONNRESET' || socket.destroyed) return
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0) lastLook(error, socket)
      else answer(error, socket)
    },
    follow: (server) => void server.on('request', (request) => hasAsked.add(request.socket)),
  }
}

const answer: Refuse = (error, socket) => {
  const entry = BROKEN[error.code] ?? CommonErrors.BAD_REQUEST
  if (socket.writable) {
    const { type, title, status, code } = entry
    const body = JSON.stringify({ type, title, status, code })
    socket.write(
      `HTTP/1.1 ${status} ${REASON_PHRASES[status] ?? 'Bad Request'}\r\nContent-Type: application/problem+json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
  socket.destroySoon()
}

const BROKEN: Record<string, CatalogueEntry> = {
  ERR_HTTP_REQUEST_TIMEOUT: CommonErrors.REQUEST_TIMEOUT,
  HPE_HEADER_OVERFLOW: CommonErrors.HEADERS_TOO_LARGE,
}

const REASON_PHRASES: Record<number, string> = {
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}
