import type { DrainAnswer, Heartbeat } from '@medqueue/contracts'
import type { NatsConnection } from '@nats-io/transport-node'

import type { Worker } from './worker.ts'

export interface DrainOptions {
  nc: NatsConnection
  worker: Worker
  pool: string
  pod: string
  heartbeatSubject: string
  drainSubject: string
  /** It has drained and was not ended. */
  onForgotten: () => void
}

/** The same as of booking workers; milliseconds. */
const HEARTBEAT_EVERY_MS = 1_000

/** Who asked to drain is gone when nothing has followed for so long; milliseconds. */
const PATIENCE_MS = 120_000

/**
 * Says every second how the worker is, and lets it finish when asked to.
 *
 *   working --asked--> draining --finished--> drained --2 min--> forgotten
 */
export function speak(options: DrainOptions): { stop: () => void } {
  const { nc, worker, pool, pod, heartbeatSubject, drainSubject, onForgotten } = options
  let state = { draining: false, drained: false }
  let forgotten: NodeJS.Timeout | undefined
  const beat = () => {
    const heartbeat: Heartbeat = { pod, pool, ...worker.load(), depth: null, oldestAt: null, ...state }
    nc.publish(heartbeatSubject, JSON.stringify(heartbeat))
  }
  const drain = async () => {
    state = { draining: true, drained: false }
    beat()
    await worker.finish()
    state = { draining: true, drained: true }
    beat()
    forgotten = setTimeout(onForgotten, PATIENCE_MS)
  }
  const subscription = nc.subscribe(drainSubject, {
    callback: (error, message) => {
      if (error !== null) return
      message.respond(JSON.stringify({ accepted: true } satisfies DrainAnswer))
      if (!state.draining) drain().catch(onForgotten)
    },
  })
  beat()
  const timer = setInterval(beat, HEARTBEAT_EVERY_MS)
  return {
    stop: () => {
      clearInterval(timer)
      clearTimeout(forgotten)
      subscription.unsubscribe()
    },
  }
}
