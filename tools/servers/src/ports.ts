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

/** A loopback port that is free now. */
export async function freePort(): Promise<number> {
  return listenOnce(0)
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : port
}
