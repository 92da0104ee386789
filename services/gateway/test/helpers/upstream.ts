import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

import type { Scope } from '@medqueue/testing'

/** A request as the upstream got it. */
export interface Received {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** A little HTTP server in place of a service. */
export interface TestUpstream {
  url: string
  server: Server
  /** What it was asked, without probes and OpenAPI documents. */
  received: Received[]
  /** Answers from now on; the default says which upstream it is. */
  answer: (handler: Handler) => void
  /** Takes connections and says nothing more, as a stopped process does. */
  freeze: () => void
  /** Ends, as a killed process does: every connection breaks. */
  kill: () => Promise<void>
  /** Starts again on the same port. */
  revive: () => Promise<void>
}

/** What the gateway asks for itself. */
const OWN_QUESTIONS = new Set(['/livez', '/readyz', '/openapi.json'])

/** Answers of the kind that services give to the gateway itself. */
export interface UpstreamOptions {
  openapi?: object
}

export async function startUpstream(
  scope: Scope,
  name: string,
  options: UpstreamOptions = {},
): Promise<TestUpstream> {
  const received: Received[] = []
  let handler: Handler = (_request, response) => json(response, 200, { from: name })
  let frozen = false
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.once('end', () => {
      const { method = '', url = '', headers } = request
      const body = Buffer.concat(parts).toString('utf8')
      if (!OWN_QUESTIONS.has(url)) received.push({ method, url, headers, body })
      if (frozen) return
      if (url === '/livez' || url === '/readyz') return json(response, 200, { status: 'ok' })
      if (url === '/openapi.json') return json(response, 200, options.openapi ?? { paths: {} })
      handler(request, response, body)
      return undefined
    })
  })
  const port = await listen(server, 0)
  const kill = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  scope.teardown(async () => {
    if (server.listening) await kill()
  })
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    received,
    answer: (next) => (handler = next),
    freeze: () => (frozen = true),
    kill,
    revive: async () => {
      frozen = false
      await listen(server, port)
    },
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}
