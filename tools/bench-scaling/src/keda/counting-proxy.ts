import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CountingProxy {
  /** `host:port` */
  address: string
  /** Requests passed on so far. */
  count: () => number
  close: () => Promise<void>
}

/** Passes requests on to the broker's monitoring and counts them: KEDA asks there and not over the broker's API. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  let count = 0
  const server = createServer((asked, answer) => {
    count += 1
    const onward = request(new URL(asked.url ?? '/', target), { method: asked.method }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    onward.on('error', () => answer.writeHead(502).end())
    onward.end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
