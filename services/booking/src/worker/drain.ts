import type { Msg } from '@nats-io/transport-node'

import { type DrainAnswer, scalingSubjectsOf } from '@medqueue/contracts'
import type { Broker, Log } from '@medqueue/messaging'

import type { Heart } from './heartbeat.ts'

export interface DrainOptions {
  broker: Broker
  logger: Log
  prefix: string
  pod: string
  heart: Pick<Heart, 'tell'>
  /** Ends the batches at hand and gives the leases back. */
  finish: () => Promise<void>
  /** It has drained and was not ended: the process should start over and work again. */
  onForgotten: () => void
  patienceMs?: number
}

/** A worker that has drained is ended within seconds, unless the one who asked is gone; milliseconds. */
const PATIENCE_MS = 120_000

const ANSWER = JSON.stringify({ accepted: true } satisfies DrainAnswer)

/**
 * Lets the operator ask this worker to take no more work, before its pod is taken away. Asked again, it answers the
 * same.
 *
 *   working --asked--> draining --finished--> drained --2 min--> forgotten
 */
export function listenForDrain(options: DrainOptions): { stop: () => void } {
  const { broker, logger, prefix, pod, heart, finish, onForgotten, patienceMs = PATIENCE_MS } = options
  let asked = false
  let forgotten: NodeJS.Timeout | undefined
  const drain = async () => {
    logger.info({ pod }, 'Asked to drain')
    heart.tell({ draining: true, drained: false })
    await finish()
    heart.tell({ draining: true, drained: true })
    logger.info({ pod }, 'Drained')
    forgotten = setTimeout(onForgotten, patienceMs)
  }
  const callback = (error: Error | null, message: Msg) => {
    if (error !== null) return
    message.respond(ANSWER)
    if (asked) return
    asked = true
    drain().catch((failure: unknown) => {
      logger.error({ err: failure }, 'Draining failed; starting over')
      onForgotten()
    })
  }
  const subscription = broker.nc.subscribe(scalingSubjectsOf(prefix).drain(pod), { callback })
  return {
    stop: () => {
      clearTimeout(forgotten)
      subscription.unsubscribe()
    },
  }
}
