import type { Registry } from 'prom-client'

import { createClientOver } from '../client/client.ts'
import { createTransport, type ApiResponse, type Transport } from '../client/transport.ts'
import { metricsIn } from '../metrics.ts'
import type { KubeClient } from '../types/client.ts'
import type { Clock } from '../types/clock.ts'
import { until } from './fake-clock.ts'
import type { FakeApiServer } from './server/fake-api-server.ts'

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
  registry?: Registry
}

/** A client whose calls are counted, so that a test with a {@link FakeClock} knows when to turn it. */
export function trackedClient(options: TrackedClientOptions): TrackedClient {
  const { server, clock, fieldManager = 'tester', registry } = options
  const transport = createTransport(server.kubeConfig(), metricsIn(registry))
  const calls = { open: 0 }
  const client = createClientOver(counting(transport, calls), { fieldManager, clock })
  const settled = async () => {
    // Twice, so that what an answer sets off is seen too.
    for (let quiet = 0; quiet < 2; quiet += 1) await until(() => calls.open <= server.faults.held)
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
      if (request.query?.watch === 'true' || response.status >= 300) return closing(response, close)
      return { ...response, stream: () => closingAtEnd(response.stream(), close) }
    } catch (error) {
      close()
      throw error
    }
  }
}

function closing(response: ApiResponse, close: () => void): ApiResponse {
  close()
  return response
}

type Chunks = ReturnType<ApiResponse['stream']>

function closingAtEnd(stream: Chunks, close: () => void): Chunks {
  if (stream === null) {
    close()
    return null
  }
  const end = new TransformStream<Uint8Array, Uint8Array>({ flush: close })
  void stream.pipeTo(end.writable).catch(close)
  return end.readable
}
