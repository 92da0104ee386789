import type { Broker } from '@medqueue/messaging'
import { AckPolicy, StorageType } from '@nats-io/jetstream'

import { CONSUMER, STREAM, SUBJECT } from './names.ts'

/** The queue as the broker says it is. */
export interface QueueState {
  waiting: number
  /** Deliveries so far: one for each message, unless some came twice. */
  deliveries: number
}

/** A fresh stream with the durable consumer that the workers share. In memory, so that the disk plays no part. */
export async function makeQueue({ jsm }: Broker): Promise<void> {
  await removeQueue({ jsm })
  await jsm.streams.add({ name: STREAM, subjects: [SUBJECT], storage: StorageType.Memory })
  await jsm.consumers.add(STREAM, { durable_name: CONSUMER, ack_policy: AckPolicy.Explicit })
}

export async function removeQueue({ jsm }: Pick<Broker, 'jsm'>): Promise<void> {
  const names = await jsm.streams.names().next()
  if (names.includes(STREAM)) await jsm.streams.delete(STREAM)
}

export async function stateOf({ jsm }: Broker): Promise<QueueState> {
  const { num_pending, num_ack_pending, delivered } = await jsm.consumers.info(STREAM, CONSUMER)
  return { waiting: num_pending + num_ack_pending, deliveries: delivered.consumer_seq }
}

export interface DoneLog {
  /** Unix milliseconds at which each message was acknowledged for the first time, by its number in the stream from 0. */
  at: Map<number, number>
  /** Messages that were acknowledged more than once. */
  doubled: () => number
  /** Acknowledged deliveries that were not the first. */
  redelivered: () => number
  /** Messages that were delivered after one that is behind them in the stream. */
  disordered: () => number
  stop: () => void
}

/** `$JS.ACK.<stream>.<consumer>.<delivery>.<message>.<delivery of the consumer>.…` */
const [DELIVERY, MESSAGE, TURN] = [4, 5, 6]

/** Hears the workers' acknowledgements in passing: the workers need not say anything. */
export async function hearDone({ nc }: Broker, now: () => number): Promise<DoneLog> {
  const at = new Map<number, number>()
  const twice = new Set<number>()
  /** Messages by their place among all deliveries. */
  const turns = new Map<number, number>()
  let redelivered = 0
  const subscription = nc.subscribe(`$JS.ACK.${STREAM}.${CONSUMER}.>`, {
    callback: (error, message) => {
      // Given back, or still being worked on.
      if (error !== null || /^(-NAK|\+WPI)/.test(message.string())) return
      const tokens = message.subject.split('.')
      const index = Number(tokens[MESSAGE]) - 1
      if (Number(tokens[DELIVERY]) > 1) redelivered += 1
      turns.set(Number(tokens[TURN]), index)
      if (at.has(index)) twice.add(index)
      else at.set(index, now())
    },
  })
  await nc.flush()
  return {
    at,
    doubled: () => twice.size,
    redelivered: () => redelivered,
    disordered: () => countDisordered([...turns].toSorted(([a], [b]) => a - b).map(([, index]) => index)),
    stop: () => subscription.unsubscribe(),
  }
}

/** Messages, in the order of their delivery, that come after a later one. */
export function countDisordered(messages: readonly number[]): number {
  let [latest, count] = [-1, 0]
  for (const message of messages) {
    if (message < latest) count += 1
    else latest = message
  }
  return count
}

/** Counts what anybody asks the broker about the queue over its API. */
export async function countQuestions({ nc }: Broker): Promise<{ count: () => number; stop: () => void }> {
  let count = 0
  const subjects = [`$JS.API.CONSUMER.INFO.${STREAM}.*`, `$JS.API.STREAM.INFO.${STREAM}`]
  const subscriptions = subjects.map((subject) =>
    nc.subscribe(subject, { callback: () => void (count += 1) }),
  )
  await nc.flush()
  return {
    count: () => count,
    stop: () => {
      for (const subscription of subscriptions) subscription.unsubscribe()
    },
  }
}
