import { AckPolicy, DeliverPolicy, type JsMsg } from '@nats-io/jetstream'

import { REQUESTS_HEADER } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'

export interface PartitionDepth {
  partition: number
  depth: number
  oldestAgeSeconds?: number
}

/** Messages looked at in one count; those beyond count as much as these on average. */
const LOOKED_AT = 2_000

const INACTIVE_NANOS = 10 * 1_000_000_000
const WAIT_MS = 2_000

interface Lane {
  seen: number
  requests: number
  oldestAt: number | undefined
}

/**
 * Requests that wait in each partition, and the age of the oldest. Each message says in a header how many requests it
 * carries, so only headers travel. Messages that are decided and not purged yet, a few seconds' worth, count too.
 */
export async function countDepth(
  broker: Broker,
  { stream, subjects, now }: { stream: string; subjects: readonly string[]; now: number },
): Promise<PartitionDepth[]> {
  const messages = await messagesBySubject(broker, stream, subjects)
  const total = [...messages.values()].reduce((sum, count) => sum + count, 0)
  const lanes = total === 0 ? new Map<string, Lane>() : await look(broker, stream, Math.min(total, LOOKED_AT))
  const mean = meanOf(lanes)
  return subjects.map((subject, partition) => {
    const { seen, requests, oldestAt } = lanes.get(subject) ?? { seen: 0, requests: 0, oldestAt: undefined }
    const beyond = Math.max(0, (messages.get(subject) ?? 0) - seen)
    const age =
      oldestAt === undefined ? {} : { oldestAgeSeconds: Math.max(0, Math.floor((now - oldestAt) / 1_000)) }
    return { partition, depth: requests + Math.round(beyond * mean), ...age }
  })
}

async function messagesBySubject(
  { jsm }: Broker,
  stream: string,
  subjects: readonly string[],
): Promise<Map<string, number>> {
  const filter = (subjects[0] ?? '').replace(/\d+$/, '*')
  const { state } = await jsm.streams.info(stream, { subjects_filter: filter })
  return new Map(subjects.map((subject) => [subject, state.subjects?.[subject] ?? 0]))
}

/** Reads the headers of the oldest messages with a consumer that goes away by itself. */
async function look({ js, jsm }: Broker, stream: string, count: number): Promise<Map<string, Lane>> {
  const { name } = await jsm.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.All,
    headers_only: true,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: INACTIVE_NANOS,
  })
  const lanes = new Map<string, Lane>()
  try {
    const consumer = await js.consumers.get(stream, name)
    let left = count
    const messages = await consumer.fetch({ max_messages: count, expires: WAIT_MS })
    for await (const message of messages) {
      note(lanes, message)
      left -= 1
      // What is decided meanwhile is purged, and never comes.
      if (left === 0 || message.info.pending === 0) break
    }
  } finally {
    await jsm.consumers.delete(stream, name).catch(() => undefined)
  }
  return lanes
}

function note(lanes: Map<string, Lane>, message: JsMsg): void {
  const lane = lanes.get(message.subject) ?? { seen: 0, requests: 0, oldestAt: undefined }
  const said = Number(message.headers?.get(REQUESTS_HEADER))
  lane.seen += 1
  lane.requests += Number.isSafeInteger(said) && said > 0 ? said : 1
  lane.oldestAt ??= Number(message.timestampNanos / 1_000_000n)
  lanes.set(message.subject, lane)
}

function meanOf(lanes: ReadonlyMap<string, Lane>): number {
  const all = [...lanes.values()]
  const seen = all.reduce((sum, lane) => sum + lane.seen, 0)
  return seen === 0 ? 1 : all.reduce((sum, lane) => sum + lane.requests, 0) / seen
}
