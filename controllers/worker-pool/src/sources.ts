import { namesOf } from '@medqueue/contracts'
import type { Broker, Log } from '@medqueue/messaging'
import type { Clock } from '@medqueue/operator-kit'

import { BookingLogSource } from './depth/booking-log.ts'
import { ConsumerSource } from './depth/consumer.ts'
import type { DepthSource, SourceContext } from './depth/source.ts'
import type { Pool, Queue } from './kinds.ts'
import type { PoolState } from './state.ts'

export interface SourcesOptions {
  /** Undefined until the broker has been reached for the first time. */
  broker: () => Broker | undefined
  logger: Log
  /** Of the controller: for pools whose queue has none of its own. */
  prefix: string
  clock: Clock
  /** A source has heard one of many messages. */
  onHeard: () => void
}

/** Opens the source of a pool, keeps it while it reads the same queue, and closes it when it no longer does. */
export function sourceOf(
  options: SourcesOptions,
  state: PoolState,
  pool: Pool,
  { queue, onSignal }: { queue: Queue | undefined; onSignal: () => void },
): DepthSource | undefined {
  const { consumerRef } = pool.spec
  const prefix = queue?.spec.subjectPrefix ?? options.prefix
  state.prefix = prefix
  const broker = options.broker()
  if (broker === undefined) return undefined
  const name = JSON.stringify([prefix, consumerRef, queue?.spec.stream, queue?.spec.partitions])
  if (state.source !== undefined && state.sourceName === name) return state.source
  const old = state.source
  if (old !== undefined) {
    void old.close().catch((error: unknown) => options.logger.warn({ err: error }, 'Source was not closed'))
  }
  const context = { ...options, broker, prefix, pool: pool.metadata.name, onSignal }
  state.source = open(context, pool, queue)
  state.sourceName = name
  return state.source
}

function open(context: SourceContext, { spec }: Pool, queue: Queue | undefined): DepthSource | undefined {
  if (spec.consumerRef !== undefined) return new ConsumerSource(context, spec.consumerRef)
  if (queue === undefined) return undefined
  const { stream, partitions } = queue.spec
  const subjectOf = namesOf(context.prefix).subjects.bookingRequests
  return new BookingLogSource(context, { stream, partitions, subjectOf })
}
