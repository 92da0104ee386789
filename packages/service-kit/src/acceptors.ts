import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'

import type { Service } from './types.ts'

export interface ListenOptions {
  host: string
  /** 0 takes any free one. */
  port: number
}

/** Ten thousand patients may reconnect at once after a restart. */
const BACKLOG = 4_096

/**
 * Sockets that listen on the same port. The event loop accepts one connection from each in a turn (libuv pull request
 * 3696), and a turn takes 10 ms while a thousand requests a second are answered: with one socket, the ten-thousandth
 * patient of a morning waited half a minute for the first byte, while everybody already in was answered in 50 ms.
 */
const ACCEPTORS = 16

/**
 * Listens and returns the base URL; rejects with EADDRINUSE when anybody else has the port. Closing the service closes
 * the extra sockets first, and ends when the last of their connections has.
 */
export async function listen(app: Service, { host, port }: ListenOptions): Promise<string> {
  const listenTextResolver = () => 'listening'
  if (process.platform !== 'linux') return app.listen({ host, port, backlog: BACKLOG, listenTextResolver })
  await assertFree(host, port)
  const acceptors: Server[] = []
  const closing: Promise<unknown>[] = []
  app.addHook('preClose', async () => {
    closing.push(...acceptors.map((acceptor) => once(acceptor.close(), 'close')))
  })
  app.addHook('onClose', async () => {
    await Promise.all(closing)
  })
  // Fastify hands it on to Node; its types do not know the option yet.
  const shared = { host, port, backlog: BACKLOG, reusePort: true, listenTextResolver }
  const address = await app.listen(shared)
  const { port: actual } = app.server.address() as AddressInfo
  for (let n = 1; n < ACCEPTORS; n++) acceptors.push(await accept(app, { host, port: actual }))
  return address
}

/** One more socket; what it accepts is handled as if the service's own server had. */
async function accept(app: Service, { host, port }: ListenOptions): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    app.server.emit('connection', socket)
  })
  server.listen({ host, port, backlog: BACKLOG, reusePort: true })
  await once(server, 'listening')
  return server
}

/** A port that is shared on purpose could also be shared by mistake, with another service: that is refused here. */
async function assertFree(host: string, port: number): Promise<void> {
  if (port === 0) return
  const server = createServer().listen({ host, port, exclusive: true })
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}
