import type { AddressInfo } from 'node:net'

import type { ExecutionContext } from 'ava'

import { world } from './world.ts'

/** Milliseconds that requests may take to arrive. */
export const IMPATIENT = { HEADERS_TIMEOUT_MS: 200, REQUEST_TIMEOUT_MS: 400 }

/** A service that waits for nobody, on a port of its own. */
export async function listening(t: ExecutionContext, config: object = IMPATIENT) {
  const { app } = await world(
    t,
    (service) => {
      service.post('/things', { config: { permission: 'public' } }, () => ({}))
    },
    { config },
  )
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, port: (app.server.address() as AddressInfo).port }
}
