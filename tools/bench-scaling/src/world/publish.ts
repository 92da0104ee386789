import { setTimeout as delay } from 'node:timers/promises'

import type { Broker } from '@medqueue/messaging'

import { SUBJECT } from './names.ts'

export interface PublishOptions {
  broker: Broker
  /** Seconds from the start, in order. */
  arrivals: readonly number[]
  /** Unix milliseconds at which the first one is due. */
  startAt: number
  now: () => number
  signal: AbortSignal
}

export interface Published {
  /** Unix milliseconds at which each was given to the broker, by its number in the stream from 0. */
  at: number[]
  /** How late the latest was; milliseconds. */
  lag: number
}

const BODY = 'x'.repeat(64)

/** The broker may be starved for a while when many pods start at once. */
const STORED_WITHIN_MS = 15_000

/** Publishes on schedule, whatever the broker takes to answer, and resolves when all are stored, each once. */
export async function publish({
  broker,
  arrivals,
  startAt,
  now,
  signal,
}: PublishOptions): Promise<Published> {
  const at: number[] = []
  const stored: Promise<void>[] = []
  let lag = 0
  for (const [index, arrival] of arrivals.entries()) {
    const due = startAt + arrival * 1_000
    // A timer may fire a little early.
    for (let wait = due - now(); wait > 0; wait = due - now()) {
      await delay(wait, undefined, { signal })
    }
    const given = now()
    lag = Math.max(lag, given - due)
    // With an id, one that is sent again because its answer was lost is not stored again.
    const options = { msgID: `${startAt}-${index}`, timeout: STORED_WITHIN_MS }
    const answer = broker.js.publish(SUBJECT, BODY, options).then(({ seq }) => void (at[seq - 1] = given))
    answer.catch(() => undefined) // Told by the wait for all of them.
    stored.push(answer)
  }
  await Promise.all(stored)
  return { at, lag }
}
