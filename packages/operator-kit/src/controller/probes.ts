import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { Check, Manager } from '../types/controller.ts'

function answer(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
}

function answerChecks(response: ServerResponse, checks: readonly Check[]): void {
  const lines = checks.map(({ name, ok, detail }) => `${name}: ${ok ? 'ok' : (detail ?? 'failed')}`)
  answer(response, checks.every(({ ok }) => ok) ? 200 : 503, 'text/plain', `${lines.join('\n')}\n`)
}

async function serve(manager: Manager, path: string, response: ServerResponse): Promise<void> {
  if (path === '/livez' || path === '/healthz') return answerChecks(response, manager.live())
  if (path === '/readyz') return answerChecks(response, manager.ready())
  if (path !== '/metrics')
    return answer(response, 404, 'text/plain', 'There is /livez, /readyz and /metrics\n')
  answer(response, 200, manager.registry.contentType, await manager.registry.metrics())
}

/** `/livez`, `/readyz` (each names what fails) and `/metrics` on a port; returns how to close it. */
export async function serveProbes(
  manager: Manager,
  { host = '0.0.0.0', port }: { host?: string; port: number },
): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    serve(manager, path, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
