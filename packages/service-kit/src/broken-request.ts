import type { Socket } from 'node:net'

import { type CatalogueEntry, CommonErrors } from './errors.ts'

/** Requests that are not even HTTP, or take too long to arrive, are answered on the bare socket. */
export function refuseBrokenRequest(error: Error & { code: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
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
