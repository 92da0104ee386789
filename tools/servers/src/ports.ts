import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

import { ServerError, systemCode } from './errors.ts'

/** Throws SERVERS_PORT_TAKEN when something listens on the loopback port. */
export async function assertPortFree(port: number, owner: string): Promise<void> {
  try {
    await listenOnce(port)
  } catch (error) {
    if (systemCode(error) === 'EACCES') {
      throw new ServerError(
        'SERVERS_PORT_TAKEN',
        `Port ${port} for ${owner} may not be opened by this user: choose one above 1023.`,
        { cause: error },
      )
    }
    throw new ServerError(
      'SERVERS_PORT_TAKEN',
      `Port ${port} for ${owner} is taken: stop the program that listens on it (\`ss -ltnp 'sport = :${port}'\` names it) ` +
        'or move all ports, for example with PORTS_OFFSET=1000.',
      { cause: error },
    )
  }
}

/** Below the ports that Linux hands out for outgoing connections, any of which could take it before it is used. */
const LOWEST = 19_000
const HIGHEST = 32_700

/** A loopback port that is free now, drawn, so that processes which ask at the same time get different ones. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port)
    return true
  } catch (error) {
    if (systemCode(error) === 'EADDRINUSE') return false
    throw error
  }
}

async function listenOnce(port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve)
  })
  await new Promise((resolve) => server.close(resolve))
}
