import { setTimeout as delay } from 'node:timers/promises'

import { type Broker, type BrokerOptions, connectBroker } from './broker.ts'
import type { Log } from './logger.ts'

const PAUSE_MS = 2_000

export interface Reached {
  /** Undefined until the broker has been reached for the first time; after that it reconnects by itself. */
  current: () => Broker | undefined
  close: () => Promise<void>
}

/** Connects in the background for as long as it takes: a controller holds what is there until the broker is. */
export function reachBroker(
  options: BrokerOptions,
  logger: Log,
  onReached: (broker: Broker) => void,
): Reached {
  const stopping = new AbortController()
  let broker: Broker | undefined
  const running = (async () => {
    while (!stopping.signal.aborted && broker === undefined) {
      try {
        broker = await connectBroker({ ...options, logger, startTimeoutMs: PAUSE_MS })
        onReached(broker)
      } catch (error) {
        logger.warn({ err: error }, 'Broker out of reach; trying again')
        await delay(PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
    }
  })()
  return {
    current: () => broker,
    close: async () => {
      stopping.abort()
      await running
      await broker?.close()
    },
  }
}
