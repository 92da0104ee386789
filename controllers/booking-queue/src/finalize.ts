import { desiredStreams } from './desired.ts'
import type { Queue } from './kinds.ts'
import { deleteOwned, releaseOwned, type Writing } from './streams.ts'

/**
 * Deals with the streams of a queue that goes, as its deletion policy says. False: it has to wait until the broker can
 * be reached. Streams that another object keeps are left alone.
 */
export async function finalize(queue: Queue, writing: Writing | undefined, prefix: string): Promise<boolean> {
  const { deletionPolicy } = queue.spec
  // What is to stay stays, whether or not anybody can be told.
  if (writing?.broker.connected() !== true) return deletionPolicy === 'Retain'
  for (const desired of desiredStreams(queue, prefix)) {
    if (deletionPolicy === 'Delete') await deleteOwned(writing, desired)
    else await releaseOwned(writing, desired)
  }
  return true
}
