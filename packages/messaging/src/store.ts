import { setTimeout as delay } from 'node:timers/promises'

import { errors, type MsgHdrs } from '@nats-io/transport-node'

import type { Broker } from './broker.ts'

/** Between two attempts while a stream has no leader. */
const PAUSE_MS = 100

export interface StoreOptions {
  /** Longest time for all attempts together; milliseconds. */
  timeoutMs: number
  headers: MsgHdrs
}

type Way = Pick<Broker, 'js' | 'connected' | 'onTurn'>

/**
 * Publishes a message until the stream has it, at least once: again when the connection was lost on the way, and while
 * nobody answers for the stream, as in the moments in which brokers restart or its leader changes. So what takes effect
 * must take effect once, however often it is stored. A broker that is only slow is not asked twice.
 */
export async function storeMessage(
  way: Way,
  subject: string,
  payload: string,
  { timeoutMs, headers }: StoreOptions,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    // What is published without a connection is forgotten by the client library when it has one again.
    if (!way.connected()) await turned(way, deadline)
    const timeout = Math.max(deadline - performance.now(), 1)
    const lost = Promise.withResolvers<'lost'>()
    const forget = way.onTurn(() => lost.resolve('lost'))
    try {
      const stored = way.js.publish(subject, payload, { timeout, headers })
      // One that is given up fails later, when nobody looks any more.
      stored.catch(() => undefined)
      if ((await Promise.race([stored, lost.promise])) !== 'lost') return
    } catch (error) {
      if (!isUnanswered(error) || performance.now() + PAUSE_MS >= deadline) throw error
      await delay(PAUSE_MS)
    } finally {
      forget()
    }
  }
}

/** Resolves when there is a connection again. Throws TimeoutError at the deadline. */
async function turned({ onTurn }: Way, deadline: number): Promise<void> {
  const up = Promise.withResolvers<undefined>()
  const forget = onTurn(() => up.resolve(undefined))
  const timer = setTimeout(() => up.reject(new errors.TimeoutError()), deadline - performance.now())
  try {
    await up.promise
  } finally {
    clearTimeout(timer)
    forget()
  }
}

/** Nobody answers for the stream's subject: it has no leader now, or is not there. */
function isUnanswered(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof errors.RequestError && cause.isNoResponders()
}
