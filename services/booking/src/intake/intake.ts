import { headers } from '@nats-io/transport-node'

import { namesOf, partitionOf, REQUESTS_HEADER } from '@medqueue/contracts'
import { apiCode, type Broker, type Log, storeMessage } from '@medqueue/messaging'
import { ProblemError } from '@medqueue/service-kit'

import { BookingErrors } from '../errors.ts'
import { BATCH_MAX, decodeOutcome, type OutcomeMessage } from './encoding.ts'
import { Lane, type Waiting } from './lane.ts'
import type { Outcome, QueuedRequest } from './order.ts'

/** Server's code for a stream that is full and refuses new messages. */
const STREAM_FULL = new Set([10_077, 10_047, 10_023])

/** Longest time that storing a batch may take. */
const STORE_MS = 3_000

/** Who comes when the connection has been down for longer is told at once. */
const AWAY_MS = 1_000

export interface IntakeOptions {
  broker: Broker
  prefix: string
  partitions: number
  /** Unique for each start of each api process. */
  replica: string
  logger: Log
  /** A message with so many requests has been stored. */
  onStored?: (requests: number) => void
}

/** The outcome, or `queued`: stored, but not decided before the deadline. */
export type Answer = Outcome | { decision: 'queued' }

export interface Intake {
  /**
   * Queues a request and waits for its outcome, at most `waitMs`. Throws BOOKING_KEY_IN_FLIGHT, BOOKING_KEY_REUSED,
   * BOOKING_QUEUE_FULL, BOOKING_QUEUE_UNREACHABLE. After the last two the request may still take effect: the caller
   * asks again under the same key.
   */
  submit: (request: QueuedRequest, waitMs: number) => Promise<Answer>
  /** Requests whose callers wait now. */
  size: () => number
  /** How long the caller who has waited longest has waited; milliseconds. */
  oldestMs: () => number
  stop: () => void
}

interface Item extends Waiting {
  /** Resolved once; later calls change nothing. */
  decided: (outcome: Outcome) => void
}

/** The api's side of the queue: lanes in, outcomes out. */
export function createIntake(options: IntakeOptions): Intake {
  const { broker, prefix, partitions, replica, logger } = options
  const { subjects } = namesOf(prefix)
  const batches = new Map<number, Registered>()
  const inFlight = new Map<string, InFlight>()
  let lastBatch = 0

  const register = (items: readonly Item[]) => {
    const batch = ++lastBatch
    batches.set(batch, { items, at: performance.now() })
    forget(batches)
    return batch
  }
  const lanes = Array.from({ length: partitions }, (_, partition) => {
    const subject = subjects.bookingRequests(partition)
    const publish = async (payload: string, requests: number) => {
      const fields = headers()
      fields.set(REQUESTS_HEADER, String(requests))
      // A batch that is there twice is decided once: its requests are known the second time.
      await storeMessage(broker, subject, payload, { timeoutMs: STORE_MS, headers: fields })
      options.onStored?.(requests)
    }
    return new Lane<Item>({ publish, replica, register, batchMax: BATCH_MAX, backlogMax: 20_000 })
  })

  const subscription = broker.nc.subscribe(subjects.decisions(replica), {
    callback: (error, message) => {
      if (error !== null) {
        logger.warn({ err: error }, 'Decision subscription failed')
        return
      }
      settle(message.json<OutcomeMessage>(), batches)
    },
  })

  return {
    submit: async (request, waitMs) => {
      guardKey(inFlight, request)
      // A broker that restarts lets its clients go, and they are with another one in a moment.
      if (broker.downMs() > AWAY_MS) throw unreachable()
      const lane = lanes[partitionOf(request.doctorId, partitions)]
      if (lane === undefined) throw new RangeError('no lane for the doctor')
      inFlight.set(request.id, { fingerprint: request.fingerprint, since: performance.now() })
      try {
        return await waitFor(lane, request, waitMs)
      } finally {
        inFlight.delete(request.id)
      }
    },
    size: () => inFlight.size,
    oldestMs: () => {
      // A Map keeps the order of arrival.
      for (const { since } of inFlight.values()) return performance.now() - since
      return 0
    },
    stop: () => subscription.unsubscribe(),
  }
}

interface InFlight {
  fingerprint: string
  /** Monotonic milliseconds. */
  since: number
}

interface Registered {
  items: readonly Item[]
  at: number
}

/**
 * Callers wait ten seconds at most, behind a publish of three. Whoever has gone needs no outcome: while nobody decides,
 * what is remembered must not grow with the queue.
 */
const FORGET_MS = 15_000

/** Drops the oldest batches; a Map keeps the order of arrival. */
function forget(batches: Map<number, Registered>): void {
  const limit = performance.now() - FORGET_MS
  for (const [batch, { at }] of batches) {
    if (at > limit) return
    batches.delete(batch)
  }
}

/** Hands the outcomes of each batch to those who wait. */
function settle(message: OutcomeMessage, batches: Map<number, Registered>): void {
  for (const [batch, outcomes] of message) {
    const registered = batches.get(batch)
    if (registered === undefined) continue
    batches.delete(batch)
    const parts = outcomes.split(';')
    for (const [index, item] of registered.items.entries())
      item.decided(decodeOutcome(parts[index] ?? 'failed'))
  }
}

function guardKey(inFlight: ReadonlyMap<string, InFlight>, { id, fingerprint }: QueuedRequest): void {
  const other = inFlight.get(id)
  if (other === undefined) return
  if (other.fingerprint !== fingerprint)
    throw new ProblemError(BookingErrors.BOOKING_KEY_REUSED, { field: 'Idempotency-Key' })
  throw new ProblemError(BookingErrors.BOOKING_KEY_IN_FLIGHT, { headers: { 'retry-after': '1' } })
}

/** Resolves with the outcome, or `queued` at the deadline once the broker has it. */
function waitFor(lane: Lane<Item>, request: QueuedRequest, waitMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let stored = false
    let late = false
    const timer = setTimeout(() => {
      late = true
      // Not stored yet: the publish itself ends, one way or the other, within its own time-out.
      if (stored) resolve({ decision: 'queued' })
    }, waitMs)
    const item: Item = {
      request,
      stored: () => {
        stored = true
        if (late) resolve({ decision: 'queued' })
      },
      failed: (error) => {
        clearTimeout(timer)
        reject(publishProblem(error))
      },
      decided: (outcome) => {
        clearTimeout(timer)
        resolve(outcome)
      },
    }
    if (lane.add(item)) return
    clearTimeout(timer)
    reject(full())
  })
}

const full = (cause?: unknown) =>
  new ProblemError(BookingErrors.BOOKING_QUEUE_FULL, { headers: { 'retry-after': '5' }, cause })

const unreachable = (cause?: unknown) =>
  new ProblemError(BookingErrors.BOOKING_QUEUE_UNREACHABLE, { headers: { 'retry-after': '2' }, cause })

function publishProblem(error: unknown): ProblemError {
  const code = apiCode(error)
  return code !== undefined && STREAM_FULL.has(code) ? full(error) : unreachable(error)
}
