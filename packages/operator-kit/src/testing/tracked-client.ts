import type { Registry } from 'prom-client'

import { createClientOver } from '../client/client.ts'
import { createTransport, type ApiResponse, type Transport } from '../client/transport.ts'
import { metricsIn } from '../metrics.ts'
import type { KubeClient } from '../types/client.ts'
import type { Clock } from '../types/clock.ts'
import { immediate, until } from './fake-clock.ts'
import type { FakeApiServer } from './server/fake-api-server.ts'

/**
 * Turns of the event loop without a call under way after which nothing is on its way either: what one end has written
 * to a loopback connection is there for the other at the next turn.
 */
const QUIET_TURNS = 12

export interface TrackedClient {
  client: KubeClient
  /**
   * Resolves when every call of this client is answered and read, or is kept waiting by the server on purpose. What is
   * open then waits for time, so a fake clock can be turned.
   */
  settled: () => Promise<void>
}

export interface TrackedClientOptions {
  server: FakeApiServer
  clock: Clock
  fieldManager?: string
  /** Who calls, for `FakeApiServer.cutOff` and filters (default: the field manager). */
  user?: string
  registry?: Registry
}

/** A client whose calls are counted, so that a test with a {@link FakeClock} knows when to turn it. */
export function trackedClient(options: TrackedClientOptions): TrackedClient {
  const { server, clock, fieldManager = 'tester', user = fieldManager, registry } = options
  const transport = createTransport(server.access(user), metricsIn(registry))
  const calls = { open: 0 }
  const client = createClientOver(counting(transport, calls), { fieldManager, clock })
  const settled = async () => {
    for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
      await immediate()
      if (calls.open <= server.faults.held) continue
      await until(() => calls.open <= server.faults.held)
      quiet = 0
    }
  }
  return { client, settled }
}

function counting(transport: Transport, calls: { open: number }): Transport {
  return async (request) => {
    calls.open += 1
    let closed = false
    const close = () => {
      if (!closed) calls.open -= 1
      closed = true
    }
    request.signal.addEventListener('abort', close, { once: true })
    try {
      const response = await transport(request)
      // A watch is answered when it is open; anything else when it is read.
      if (request.query?.watch === 'true' && response.status < 300) close()
      return { ...response, body: closingAtEnd(response.body, close) }
    } catch (error) {
      close()
      throw error
    }
  }
}

async function* closingAtEnd(
  body: ApiResponse['body'],
  close: () => void,
): ApiResponse['body'] & AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } finally {
    close()
  }
}
