import { type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Headers } from '../domain/headers.ts'

/** What an upstream said to a request to switch protocols. */
export type UpgradeAnswer =
  | { switched: true; answer: IncomingMessage; socket: Socket; head: Buffer }
  | { switched: false; answer: IncomingMessage }

export interface UpgradeRequest {
  origin: string
  /** Path and query. */
  path: string
  headers: Headers
  /** Longest wait for the answer; milliseconds. */
  timeoutMs: number
}

/** Asks an upstream for a WebSocket on a connection of its own. Rejects when it cannot be asked. */
export async function requestUpgrade({
  origin,
  path,
  headers,
  timeoutMs,
}: UpgradeRequest): Promise<UpgradeAnswer> {
  const request = origin.startsWith('https:') ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, origin), {
      method: 'GET',
      agent: false,
      timeout: timeoutMs,
      headers: { ...headers, connection: 'Upgrade', upgrade: 'websocket' },
    })
    outgoing.once('upgrade', (answer, socket, head) => resolve({ switched: true, answer, socket, head }))
    outgoing.once('response', (answer) => resolve({ switched: false, answer }))
    outgoing.once('timeout', () => {
      outgoing.destroy(Object.assign(new Error('The upstream did not answer'), { code: 'ETIMEDOUT' }))
    })
    outgoing.once('error', reject)
    outgoing.end()
  })
}

/** The head of the answer that switches the client's connection too. */
export function switchingHead(answer: IncomingMessage): string {
  const lines = [`HTTP/1.1 101 Switching Protocols`]
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2) {
    lines.push(`${answer.rawHeaders[i] ?? ''}: ${answer.rawHeaders[i + 1] ?? ''}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}

/**
 * Joins two connections until one of them ends; the other then ends too. `idleMs` of silence on the upstream's side,
 * which pings, cuts both.
 */
export function join(client: Duplex, upstream: Duplex, onEnd: () => void): void {
  let ended = false
  const end = () => {
    client.destroy()
    upstream.destroy()
    if (!ended) onEnd()
    ended = true
  }
  for (const side of [client, upstream]) side.on('error', end).on('close', end)
  client.pipe(upstream)
  upstream.pipe(client)
}
