import { type Consumer, DeliverPolicy, type JsMsg } from '@nats-io/jetstream'

import type { Broker } from '@medqueue/messaging'

import { type Audience, filterSubjects } from '../domain/audience.ts'
import type { LogEntry } from '../domain/recent-log.ts'
import { decode } from './decode.ts'

export interface HistoryRange {
  audience: Audience
  /** Exclusive. */
  after: number
  /** Inclusive. */
  upTo: number
}

/** One person's events in a range of the stream, oldest first. Throws when the broker does not answer; try again from the last one seen. */
export type ReadHistory = (range: HistoryRange) => AsyncIterable<LogEntry>

export interface HistoryOptions {
  broker: Broker
  stream: string
  prefix: string
}

const FETCH = 500
const FETCH_MS = 3_000
/** The broker forgets a consumer that nobody reads; nanoseconds. */
const INACTIVE_NANOS = 10 * 1_000_000_000

/** Reads with an ordered consumer of its own, filtered by subject in the broker, that lives only as long as the read. */
export function historyReader({ broker, stream, prefix }: HistoryOptions): ReadHistory {
  return async function* read({ audience, after, upTo }) {
    const consumer = await broker.js.consumers.get(stream, {
      filter_subjects: filterSubjects(audience, prefix),
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: after + 1,
      inactive_threshold: INACTIVE_NANOS,
    })
    try {
      const { num_pending: pending } = await consumer.info(true)
      if (pending > 0) yield* readAll(consumer, upTo, prefix)
    } finally {
      consumer.delete().catch(() => undefined)
    }
  }
}

/** Fetches in rounds that end by themselves: a read that waits for ever would hold its client back for ever. */
async function* readAll(consumer: Consumer, upTo: number, prefix: string): AsyncGenerator<LogEntry> {
  for (;;) {
    let last: JsMsg | undefined
    for await (const message of await consumer.fetch({ max_messages: FETCH, expires: FETCH_MS })) {
      if (message.seq > upTo) return
      last = message
      const decoded = decode(message, prefix)
      if (decoded !== undefined) yield decoded.entry
      if (message.info.pending === 0) return
    }
    if (last === undefined) throw new Error('The broker stopped in mid-read')
  }
}
