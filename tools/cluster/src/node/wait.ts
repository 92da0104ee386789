import { setTimeout as delay } from 'node:timers/promises'

import { messageOf } from '@medqueue/servers'

import { ClusterError } from '../errors.ts'

export interface WaitOptions {
  /** What is waited for, for the message. */
  what: string
  timeoutMs: number
  everyMs?: number
  /** Throws when waiting is pointless. */
  giveUp?: () => void
}

/** Probes until the probe does not throw; throws CLUSTER_NOT_READY with its last complaint at the deadline. */
export async function waitFor<T>(probe: () => Promise<T>, options: WaitOptions): Promise<T> {
  const { what, timeoutMs, everyMs = 250, giveUp } = options
  const deadline = Date.now() + timeoutMs
  for (;;) {
    try {
      return await probe()
    } catch (error) {
      giveUp?.()
      if (Date.now() > deadline) {
        const seconds = Math.round(timeoutMs / 1000)
        throw new ClusterError(
          'CLUSTER_NOT_READY',
          `${what} was not ready after ${seconds} s: ${messageOf(error)}`,
          {
            cause: error,
          },
        )
      }
    }
    await delay(everyMs)
  }
}
