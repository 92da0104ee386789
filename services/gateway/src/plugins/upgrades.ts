import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

import type { Service } from '@medqueue/service-kit'

/** The bare connection of a request that asks to switch protocols. */
export interface Upgrade {
  socket: Duplex
  head: Buffer
  /** The connection leaves HTTP: nothing is written to it any more by the server. */
  take: () => void
}

const UPGRADE = Symbol('upgrade')
type Upgradable = IncomingMessage & { [UPGRADE]?: Upgrade }

/** The upgrade that a request asks for, or undefined for plain HTTP. */
export function upgradeOf(request: IncomingMessage): Upgrade | undefined {
  return (request as Upgradable)[UPGRADE]
}

/**
 * Sends upgrade requests through the same routes and hooks as all others, so that filtering, rate limit and trace hold
 * for them too. A request that is answered instead of upgraded ends its connection.
 */
export function addUpgrades(app: Service): void {
  app.server.on('upgrade', (request: Upgradable, socket: Duplex, head: Buffer) => {
    const cut = () => socket.destroy()
    socket.on('error', cut)
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket as never)
    response.once('finish', () => socket.end())
    const take = () => {
      response.detachSocket(socket as never)
      socket.off('error', cut)
    }
    request[UPGRADE] = { socket, head, take }
    app.routing(request, response)
  })
}
