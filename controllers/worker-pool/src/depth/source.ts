import type { Broker, Log } from '@medqueue/messaging'
import type { Clock } from '@medqueue/operator-kit'

import type { Reading } from '../decide/types.ts'
import type { Word } from './heartbeats.ts'

/** Why a source cannot be read and will not be until somebody changes something. */
export interface Trouble {
  reason: 'StreamMissing' | 'ConsumerMissing'
  message: string
}

/** Where the depth of a queue comes from. */
export interface DepthSource {
  /**
   * What is known now, from what has been heard so far: it never waits. Undefined while nothing is known, which is not
   * the same as empty.
   */
  read: () => Reading | undefined
  /** What is wrong, when that is known. */
  trouble: () => Trouble | undefined
  /** The last word of a worker, by its pod; undefined when it does not speak, or no longer. */
  worker: (pod: string) => Word | undefined
  close: () => Promise<void>
}

/** What every source is made with. */
export interface SourceContext {
  broker: Broker
  logger: Log
  prefix: string
  /** Name of the pool, as workers and api replicas know it. */
  pool: string
  clock: Clock
  /** Least time between two questions to the broker; milliseconds, default 5,000. */
  askEveryMs?: number
  /** Something has arrived, or a worker has drained: look at the pool now, not at the next tick. */
  onSignal: () => void
  /** One of many messages was heard: of those that arrive and of those that are dealt with. */
  onHeard: () => void
}
