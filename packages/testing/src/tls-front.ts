import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

import { selfSigned } from './certificate.ts'
import type { Scope } from './scope.ts'

export interface TlsFront {
  /** Of 127.0.0.1, which `localhost` is a name of. */
  port: number
  /** The certificate, in PEM: it is for `localhost` and signs itself. */
  cert: string
}

/** How a client asks for TLS before it begins. */
export type TlsOpening =
  /** It does not ask. */
  | 'none'
  /** As PostgreSQL's clients do: eight bytes, answered by one letter. */
  | 'postgres'

/** A server with TLS before one without, gone with the scope. `url` tells where that one is. */
export async function tlsFront(scope: Scope, url: string, opening: TlsOpening): Promise<TlsFront> {
  const { hostname, port } = new URL(url)
  const { key, cert } = selfSigned()
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    const front = (opened: Socket) =>
      join(new TLSSocket(opened, { isServer: true, key, cert }), connect(Number(port), hostname))
    open.add(socket.once('close', () => open.delete(socket)))
    socket.on('error', () => undefined)
    if (opening === 'none') return front(socket)
    socket.once('data', () => {
      socket.write('S', () => front(socket))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  return { port: (server.address() as AddressInfo).port, cert }
}

/** Each ends with the other; that a client refuses the certificate is for the test to see. */
function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one)
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
  }
}
