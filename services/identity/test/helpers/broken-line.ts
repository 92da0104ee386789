import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

import type { Scope } from '@medqueue/testing'

export interface BrokenLine {
  /** The same database, reached through the line. */
  url: string
  /** Ends every connection and takes no new one. */
  cut: () => Promise<void>
  mend: () => Promise<void>
}

/** A TCP line to the real server that a test can cut and mend. */
export async function createLine(scope: Scope, target: string): Promise<BrokenLine> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy()).on('close', () => to.destroy())
      from.on('close', () => sockets.delete(from))
      from.pipe(to)
    }
  })
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the line has no port')
  const cut = async () => {
    for (const socket of sockets) socket.destroy()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  scope.teardown(cut)
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(address.port)
  return { url: url.href, cut, mend: () => listen(address.port) }
}
