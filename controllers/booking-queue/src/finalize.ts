import type { Broker } from '@medqueue/messaging'

import { desiredStreams } from './desired.ts'
import type { Queue } from './kinds.ts'
import { deleteOwned, releaseOwned } from './streams.ts'

/**
 * Deals with the streams of a queue that goes, as its deletion policy says. False: it has to wait until the broker can
 * be reached. Streams that another object keeps are left alone.
 */
export async function finalize(queue: Queue, broker: Broker | undefined, prefix: string): Promise<boolean> {
  const { spec, metadata } = queue
  const reachable = broker?.connected() === true
  // What is to stay stays, whether or not anybody can be told.
  if (!reachable) return spec.deletionPolicy === 'Retain'
  const key = { namespace: metadata.namespace ?? '', name: metadata.name }
  for (const desired of desiredStreams(key, spec, prefix)) {
    if (spec.deletionPolicy === 'Delete') await deleteOwned(broker, desired)
    else await releaseOwned(broker, desired)
  }
  return true
}
