import type { Broker } from '@medqueue/messaging'
import { AckPolicy } from '@nats-io/jetstream'

import { namesOf } from '@medqueue/contracts'

import type { Asked } from '../measure/figures.ts'
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
  /** What each subject of the broker's API was asked since the last time this was taken. */
  take: () => ReadonlyMap<string, Asked>
  stop: () => void
}

/** Hears what anybody asks the broker over its API. */
export async function countQuestions({ nc }: Broker): Promise<Questions> {
  let heard = new Map<string, Asked>()
  const subscription = nc.subscribe('$JS.API.>', {
    callback: (error, { subject }) => {
      if (error !== null) return
      const at = performance.now()
      const { count, first } = heard.get(subject) ?? { count: 0, first: at }
      heard.set(subject, { count: count + 1, first, last: at })
    },
  })
  await nc.flush()
  return {
    take: () => {
      const taken = heard
      heard = new Map()
      return taken
    },
    stop: () => subscription.unsubscribe(),
  }
}
