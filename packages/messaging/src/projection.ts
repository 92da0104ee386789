import { setTimeout as delay } from 'node:timers/promises'

import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
} from '@nats-io/jetstream'
import type pg from 'pg'

import { type EventEnvelope, namesOf } from '@medqueue/contracts'
import { errorCode, isDataError, isSqlState, isUnavailable, withTransaction } from '@medqueue/database'

import { Alarm } from './alarm.ts'
import type { Broker } from './broker.ts'
import { type EventFigures, uncounted } from './figures.ts'
import type { Log } from './logger.ts'

/** The effect of one event, in the transaction of its inbox row. Runs once for each event id. */
export type HandleEvent = (client: pg.PoolClient, event: EventEnvelope) => Promise<void>

/** The effect of several, in order, for those of which one statement does for all. Each event id comes once. */
export type HandleEvents = (client: pg.PoolClient, events: readonly EventEnvelope[]) => Promise<void>

export interface ProjectionOptions {
  broker: Broker
  pool: pg.Pool
  /** Name of the stream. */
  stream: string
  /** Name of the durable consumer; it is also the consumer's name in the inbox. */
  durable: string
  /** Subject patterns, with prefix. */
  subjects: string[]
  handle: HandleEvent | { together: HandleEvents }
  /** How long an event may wait for others to share a transaction with; milliseconds, default 0. */
  gatherMs?: number
  logger: Log
  prefix?: string
  /** Called after an event's transaction has committed, for what is kept in memory. */
  onCommitted?: (event: EventEnvelope) => void
  /** Unix ms; the clock of this machine when not given. */
  nowMs?: () => number
}

export interface Projection {
  /** What happens to its events, for whoever counts. */
  readonly figures: EventFigures
  /** Resolves when everything published before the call has been taken. */
  caughtUp: () => Promise<void>
  stop: () => Promise<void>
}

/** Failures, other than trouble of the database, before an event is put aside. */
const MOST_FAILURES = 5
const ACK_WAIT_NANOS = 30 * 1_000_000_000
const INACTIVE = 50
/** Most events in one transaction. */
const MOST_AT_ONCE = 64
const IDLE_MS = 60_000
const HOUR_MS = 3_600_000
const NANOS_IN_MS = 1_000_000

/** The options, and where it is counted. */
type Work = ProjectionOptions & { figures: EventFigures }

/**
 * Takes events in order, each exactly once in effect: the effect and the event's id are written in one transaction, and the
 * message is acknowledged after it has committed. Events that have gathered share one, so that a storm costs a commit for
 * dozens of them. What fails five times goes to the dead-letter stream.
 */
export async function startProjection(options: ProjectionOptions): Promise<Projection> {
  const { broker, stream, durable, subjects } = options
  await broker.jsm.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    filter_subjects: subjects,
    ack_wait: ACK_WAIT_NANOS,
    max_ack_pending: 512,
  })
  const consumer = await broker.js.consumers.get(stream, durable)
  const messages = await consumer.consume({ max_messages: 256 })
  const forgetting = setInterval(() => void forget(options), HOUR_MS).unref()
  const figures = uncounted(durable)
  const running = take(messages, { ...options, figures })
  return {
    figures,
    caughtUp: () => waitUntilTaken(options, consumer),
    stop: async () => {
      clearInterval(forgetting)
      messages.stop()
      await running
    },
  }
}

/**
 * Until the consumer has had, and acknowledged, the newest message there is for it now. What is pending alone does not say
 * so: the server counts a message for its consumers a moment after it has told the publisher that it is stored.
 */
async function waitUntilTaken({ broker, stream, subjects }: ProjectionOptions, consumer: Consumer) {
  const newest = await Promise.all(
    subjects.map(async (subject) => broker.jsm.streams.getMessage(stream, { last_by_subj: subject })),
  )
  const last = Math.max(0, ...newest.map((message) => message?.seq ?? 0))
  for (;;) {
    const { delivered, num_pending: pending, num_ack_pending: unacknowledged } = await consumer.info()
    if (delivered.stream_seq >= last && pending + unacknowledged === 0) return
    await delay(INACTIVE)
  }
}

/** No delivery comes again after a month. */
async function forget({ pool, durable, logger }: ProjectionOptions): Promise<void> {
  try {
    await pool.query("DELETE FROM inbox WHERE consumer = $1 AND received_at < now() - interval '30 days'", [
      durable,
    ])
  } catch (error) {
    logger.warn({ err: error, durable }, 'Old inbox rows stay until the next hour')
  }
}

/** While one transaction runs, what comes meanwhile waits for the next, which takes all of it. */
async function take(messages: ConsumerMessages, options: Work): Promise<void> {
  const failures = new Map<number, number>()
  const waiting: JsMsg[] = []
  const bell = new Alarm()
  const reader = { ended: false }
  const reading = (async () => {
    for await (const message of messages) {
      waiting.push(message)
      bell.ring()
    }
    reader.ended = true
    bell.ring()
  })()
  const { gatherMs = 0 } = options
  while (!reader.ended || waiting.length > 0) {
    if (waiting.length === 0) {
      await bell.wait(IDLE_MS)
      continue
    }
    // Also when some came during the last transaction: else a storm costs one after the other, each for a few of them.
    if (gatherMs > 0 && waiting.length < MOST_AT_ONCE && !reader.ended) await delay(gatherMs)
    await takeSome(waiting.splice(0, MOST_AT_ONCE), failures, options)
  }
  await reading
}

/** All in one transaction when they can be; else each in one of its own, so that the one at fault is found. */
async function takeSome(messages: JsMsg[], failures: Map<number, number>, options: Work): Promise<void> {
  if (messages.length > 1) {
    try {
      return await takeTogether(messages, failures, options)
    } catch {
      // One by one says which, and why.
    }
  }
  for (const message of messages) {
    try {
      await takeTogether([message], failures, options)
    } catch (error) {
      await putOff(message, error, failures, options)
    }
  }
}

async function takeTogether(
  messages: readonly JsMsg[],
  failures: Map<number, number>,
  options: Work,
): Promise<void> {
  const events = messages.map((message) => message.json<EventEnvelope>())
  await effect(options, events)
  const { figures, nowMs = Date.now } = options
  const now = nowMs()
  for (const message of messages) {
    failures.delete(message.seq)
    message.ack()
    figures.onTaken(Math.max(0, now - message.info.timestampNanos / NANOS_IN_MS))
  }
  for (const event of events) options.onCommitted?.(event)
}

async function effect(
  { pool, durable, handle }: ProjectionOptions,
  events: readonly EventEnvelope[],
): Promise<void> {
  await withTransaction(pool, async (client) => {
    const fresh = await firstSeen(client, durable, events)
    if (fresh.length === 0) return
    if (typeof handle === 'object') return handle.together(client, fresh)
    for (const event of fresh) await handle(client, event)
  })
}

/** Those of the events that this consumer has not had, each once, in order; from now on it has had them. */
async function firstSeen(
  client: pg.PoolClient,
  durable: string,
  events: readonly EventEnvelope[],
): Promise<EventEnvelope[]> {
  const { rows } = await client.query<{ event_id: string }>({
    name: 'inbox-add',
    text: `INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::uuid[])
           ON CONFLICT DO NOTHING RETURNING event_id`,
    values: [durable, events.map(({ id }) => id)],
  })
  const added = new Set(rows.map(({ event_id: id }) => id))
  return events.filter(({ id }) => added.delete(id.toLowerCase()))
}

async function putOff(
  message: JsMsg,
  error: unknown,
  failures: Map<number, number>,
  options: Work,
): Promise<void> {
  const { logger, durable } = options
  if (isPassing(error)) {
    logger.warn(
      { err: error, durable, seq: message.seq },
      'Database cannot take the event now; it comes again',
    )
    message.nak(1_000)
    await delay(200)
    return
  }
  const count = (failures.get(message.seq) ?? 0) + 1
  failures.set(message.seq, count)
  options.figures.onFailed()
  logger.error({ err: error, durable, seq: message.seq, count }, 'Event failed')
  if (count < MOST_FAILURES) {
    message.nak(100 * 2 ** count)
    return
  }
  try {
    await bury(message, error, options)
    failures.delete(message.seq)
  } catch (burial) {
    logger.error(
      { err: burial, durable, seq: message.seq },
      'Dead letter could not be stored; event comes again',
    )
    message.nak(5_000)
  }
}

/** Trouble of the database, not of the event: however long it lasts, the event waits. */
const isPassing = (error: unknown) =>
  isUnavailable(error) || (isSqlState(errorCode(error)) && !isDataError(error))

/**
 * The dead letter is stored before the original is given up. It names the event and does not repeat it: events may
 * speak of people, and the original is still in its stream.
 */
async function bury(
  message: JsMsg,
  error: unknown,
  { broker, durable, prefix, logger, figures }: Work,
): Promise<void> {
  const { subjects } = namesOf(prefix)
  const letter = {
    consumer: durable,
    subject: message.subject,
    seq: message.seq,
    error: errorCode(error) ?? (error instanceof Error ? error.name : 'unknown'),
  }
  await broker.js.publish(subjects.deadLetter(durable), JSON.stringify(letter), {
    msgID: `${durable}:${message.seq}`,
  })
  message.term('dead letter')
  figures.onBuried()
  logger.error({ durable, seq: message.seq }, 'Event put into the dead-letter stream')
}
