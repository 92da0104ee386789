import { setTimeout as delay } from 'node:timers/promises'

import { errors } from '@nats-io/transport-node'

const PAUSE_MS = 250
const PATIENCE_MS = 30_000

/** JetStream's codes for a cluster of brokers that has no leader yet, and for one that lacks some of its brokers. */
const FORMING = new Set([10_008, 10_005])

export interface Patience {
  /** Longest time for all attempts together; milliseconds. */
  patienceMs?: number
  pauseMs?: number
}

/** Works again while brokers that start together have yet to choose who leads. */
export async function onceFormed<T>(
  work: () => Promise<T>,
  codeOf: (error: unknown) => number | undefined,
  { patienceMs = PATIENCE_MS, pauseMs = PAUSE_MS }: Patience = {},
): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const forming = error instanceof errors.TimeoutError || FORMING.has(codeOf(error) ?? 0)
      if (!forming || performance.now() + pauseMs >= deadline) throw error
      await delay(pauseMs)
    }
  }
}
