import type { Broker } from '@medqueue/messaging'
import { AckPolicy } from '@nats-io/jetstream'

import { namesOf } from '@medqueue/contracts'

import { MAILS, namesFor, readsLog } from './names.ts'

/** Makes what the pools work on: a stream for each log, and one stream with a durable consumer for each of the others. */
export async function makeQueues({ jsm }: Broker, count: number): Promise<void> {
  const everything = 'mails.*'
  await jsm.streams.add({ name: MAILS, subjects: [everything] })
  for (let index = 0; index < count; index += 1) {
    const { stream, prefix, consumer, mails } = namesFor(index)
    if (readsLog(index)) {
      await jsm.streams.add({ name: stream, subjects: [namesOf(prefix).subject('booking.requests.*')] })
    } else {
      const own = { durable_name: consumer, filter_subject: mails, ack_policy: AckPolicy.Explicit }
      await jsm.consumers.add(MAILS, own)
    }
  }
}

export interface Questions {
  /** How often each subject of the broker's API was called since the last time this was asked. */
  take: () => ReadonlyMap<string, number>
  stop: () => void
}

/** Hears what anybody asks the broker over its API. */
export async function countQuestions({ nc }: Broker): Promise<Questions> {
  let counts = new Map<string, number>()
  const subscription = nc.subscribe('$JS.API.>', {
    callback: (error, { subject }) => {
      if (error === null) counts.set(subject, (counts.get(subject) ?? 0) + 1)
    },
  })
  await nc.flush()
  return {
    take: () => {
      const taken = counts
      counts = new Map()
      return taken
    },
    stop: () => subscription.unsubscribe(),
  }
}
