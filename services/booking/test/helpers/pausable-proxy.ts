import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

import type { Scope } from '@medqueue/testing'

export interface PausableProxy {
  port: number
  /** From now on nothing passes, in either direction, and no connection is closed: the server hangs. */
  pause: () => void
  resume: () => void
  /** What is connected now stays silent for ever; new connections work, as after a fail-over. */
  silence: () => void
}

/** A way to a real server that can be made to hang. */
export async function pausableProxy(scope: Scope, target: URL): Promise<PausableProxy> {
  const sockets = new Set<Socket>()
  let paused = false
  const server = createServer((inner) => {
    const outer = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => to.write(chunk))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      if (paused) from.pause()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const set = (now: boolean) => {
    paused = now
    for (const socket of sockets) {
      if (now) socket.pause()
      else socket.resume()
    }
  }
  const silence = () => {
    for (const socket of sockets) socket.pause()
  }
  return { port: address.port, pause: () => set(true), resume: () => set(false), silence }
}
