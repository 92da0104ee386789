import { connect, createServer, type Server, type Socket } from 'node:net'

import type { Scope } from '@medqueue/testing'

/** A connection to a server that can be cut and mended, so that only one test sees the server go away. */
export interface Wire {
  /** The server's URL, through the wire. */
  url: string
  /** Ends every connection and takes no new one. */
  cut: () => Promise<void>
  /** Takes connections again. */
  mend: () => Promise<void>
}

/** Puts a wire between a client and the server of the URL. */
export async function wireTo(scope: Scope, target: string): Promise<Wire> {
  const url = new URL(target)
  const [host, targetPort] = [url.hostname, Number(url.port)]
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(targetPort, host)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  const port = await listen(server, 0)
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const mend = async () => {
    await listen(server, port)
  }
  scope.teardown(async () => {
    if (server.listening) await cut()
  })
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return { url: url.href.replace(/\/$/, ''), cut, mend }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the wire has no port')
  return address.port
}
