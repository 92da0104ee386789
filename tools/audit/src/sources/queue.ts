import type { JetStreamClient, JsMsg } from '@nats-io/jetstream'

import { namesOf } from '@medqueue/contracts'

import { readStream } from './read-stream.ts'

/** A request that is still in the queue's stream. */
export interface QueuedEntry {
  id: string
  partition: number
  seq: number
}

/** The requests left in the queue's stream, up to the sequence. */
export async function readQueue(
  { js }: { js: JetStreamClient },
  prefix: string,
  upTo: number,
): Promise<QueuedEntry[]> {
  const entries: QueuedEntry[] = []
  for await (const message of readStream(js, namesOf(prefix).streams.bookingRequests)) {
    if (message.seq > upTo) break
    entries.push(...requestsIn(message))
  }
  return entries
}

/** The ids of a message: one comma-separated column of the batch. A message that is no batch carries none. */
function requestsIn(message: JsMsg): QueuedEntry[] {
  const partition = Number(message.subject.split('.').at(-1))
  try {
    const { ids } = message.json<{ ids?: unknown }>()
    if (typeof ids !== 'string') return []
    return ids.split(',').map((id) => ({ id, partition, seq: message.seq }))
  } catch {
    return [] // Workers put such a message aside as a dead letter.
  }
}
