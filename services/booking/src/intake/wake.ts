import { scalingSubjectsOf, type Wake, WAKE_EVERY_MS } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'

export interface WakeOptions {
  broker: Broker
  prefix: string
  /** Name of the pool of workers that decide the requests. */
  pool: string
  /** Unique for each start of each api process. */
  replica: string
  everyMs?: number
}

export interface Waker {
  /** A message with so many requests has been stored. */
  stored: (requests: number) => void
  stop: () => void
}

/**
 * Tells the operator that requests have been stored: at once for the first, so that a sleeping pool wakes, and then
 * summed up, ten times a second at most.
 *
 *   quiet --stored--> told --0.1 s--> (stored meanwhile? told : quiet)
 */
export function createWaker({ broker, prefix, pool, replica, everyMs = WAKE_EVERY_MS }: WakeOptions): Waker {
  const subject = scalingSubjectsOf(prefix).wake(pool)
  let count = 0
  let messages = 0
  let timer: NodeJS.Timeout | undefined
  const tell = () => {
    timer = undefined
    if (messages === 0) return
    if (broker.connected())
      broker.nc.publish(subject, JSON.stringify({ replica, count, messages } satisfies Wake))
    count = 0
    messages = 0
    timer = setTimeout(tell, everyMs)
  }
  return {
    stored: (requests) => {
      count += requests
      messages += 1
      if (timer === undefined) tell()
    },
    stop: () => clearTimeout(timer),
  }
}
