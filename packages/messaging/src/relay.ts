import { setTimeout as delay } from 'node:timers/promises'

import type pg from 'pg'

import { namesOf } from '@medqueue/contracts'

import type { Broker } from './broker.ts'
import type { Log } from './logger.ts'
import { Alarm } from './alarm.ts'

export interface RelayOptions {
  pool: pg.Pool
  broker: Broker
  logger: Log
  /** The installation's prefix. */
  prefix?: string
  /** Most events in flight to the broker; default 500. */
  batch?: number
  /** Milliseconds between looks when nobody wakes it; default 1,000. */
  pollMs?: number
  /** Milliseconds between rounds that publish something, unless a batch is full; default 20. */
  gatherMs?: number
  /** Milliseconds that only grow; those of this process when not given. */
  monotonicMs?: () => number
}

export interface Relay {
  /** Something was committed: whichever relay of this database works, in whatever process, looks now. */
  wake: () => void
  /** What becomes of the outbox, for whoever counts. */
  readonly figures: RelayFigures
  /** Resolves when the outbox has been seen empty after the call. */
  drained: () => Promise<void>
  stop: () => Promise<void>
}

export interface RelayFigures {
  /** So many events were published. Whoever counts puts a function here. */
  onPublished: (count: number) => void
  /** How long the first event of the outbox has waited for this relay; 0 when there is none, or another relay works. */
  readonly oldestMs: () => number
}

interface Row {
  id: string
  event_id: string
  subject: string
  event: string
}

/**
 * After quiet an event goes at once; those that follow gather this long, as a round costs two statements, one of them a
 * commit, however many it carries; milliseconds.
 */
const GATHER_MS = 20

/** One relay works on a database at a time; the others stand by. */
const RELAY_LOCK = 7_250_417_302

/**
 * Publishes the outbox in order and deletes what the broker has acknowledged. Rows are claimed by being there, never
 * by `id > last`, because ids are not handed out in commit order. A crash between acknowledgement and deletion
 * publishes again under the same message id; consumers keep an inbox.
 *
 *   standby --lock--> [ read -> publish -> delete ]* --error--> wait -> standby
 */
export function startOutboxRelay(options: RelayOptions): Relay {
  const alarm = new Alarm()
  const waiters: (() => void)[] = []
  let stopped = false
  const { monotonicMs = () => performance.now() } = options
  const figures: RelayFigures = {
    onPublished: () => undefined,
    oldestMs: () => (state.first === undefined ? 0 : monotonicMs() - state.first.since),
  }
  const state: LoopState = {
    options,
    alarm,
    monotonicMs,
    figures,
    first: undefined,
    publishedAt: -Infinity,
    works: false,
    stopped: () => stopped,
    onEmpty: (since) => {
      for (const resolve of waiters.splice(0, since)) resolve()
    },
    waiting: () => waiters.length,
  }
  const running = run(state)
  const subject = wakeSubject(options)
  const subscription = options.broker.nc.subscribe(subject, { callback: () => alarm.ring() })
  return {
    wake: () => {
      if (state.works) alarm.ring()
      else if (options.broker.connected()) options.broker.nc.publish(subject)
    },
    figures,
    drained: () =>
      new Promise((resolve) => {
        waiters.push(resolve)
        alarm.ring()
      }),
    stop: async () => {
      stopped = true
      alarm.ring()
      subscription.unsubscribe()
      await running
    },
  }
}

/** Core NATS: what was committed by one process is told to the relay that works in another. */
const wakeSubject = ({ pool, prefix }: RelayOptions) =>
  namesOf(prefix).subject(`outbox.committed.${databaseOf(pool)}`)

/** The database's name as a token of a subject. */
function databaseOf({ options }: pg.Pool): string {
  const url = new URL(options.connectionString ?? 'postgres:///')
  return (options.database ?? url.pathname.slice(1)).replace(/[^\w-]/g, '_') || 'default'
}

interface LoopState {
  options: RelayOptions
  alarm: Alarm
  monotonicMs: () => number
  figures: RelayFigures
  /** The row that is next to be published, and since when it has been. */
  first: { id: string; since: number } | undefined
  /** When something was published last; monotonic milliseconds. */
  publishedAt: number
  /** This relay holds the lock. */
  works: boolean
  stopped: () => boolean
  onEmpty: (waiters: number) => void
  waiting: () => number
}

async function run(state: LoopState): Promise<void> {
  while (!state.stopped()) {
    try {
      await session(state)
    } catch (error) {
      state.options.logger.warn({ err: error }, 'Outbox relay interrupted; trying again')
    }
    if (!state.stopped()) await state.alarm.wait(500)
  }
}

/** Holds the lock for as long as the connection lives. */
async function session(state: LoopState): Promise<void> {
  const client = await state.options.pool.connect()
  const onNotification = () => state.alarm.ring()
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
    state.alarm.ring()
  }
  client.on('notification', onNotification).on('error', onError)
  try {
    // A paused process must not keep the lock: its session is ended and another relay takes over.
    await client.query("SET idle_session_timeout = '15s'")
    await client.query('LISTEN outbox')
    while (!state.stopped() && broken === undefined && !(await tryLock(client))) await state.alarm.wait(1_000)
    state.works = true
    while (!state.stopped() && broken === undefined) await step(client, state)
  } catch (error) {
    broken ??= error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    state.works = false
    state.first = undefined
    client.off('notification', onNotification).off('error', onError)
    // The lock and the LISTEN belong to the connection: it is not given back to others.
    client.release(broken ?? true)
  }
}

async function tryLock(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
    RELAY_LOCK,
  ])
  return rows[0]?.locked ?? false
}

async function step(client: pg.PoolClient, state: LoopState): Promise<void> {
  const { batch = 500, pollMs = 1_000 } = state.options
  await gather(state)
  const waiting = state.waiting()
  const { rows } = await client.query<Row>({
    name: 'outbox-read',
    text: 'SELECT id, event_id, subject, event FROM outbox ORDER BY id LIMIT $1',
    values: [batch],
  })
  const [first] = rows
  state.first =
    first && (first.id === state.first?.id ? state.first : { id: first.id, since: state.monotonicMs() })
  if (rows.length === 0) {
    state.onEmpty(waiting)
    await state.alarm.wait(pollMs)
    return
  }
  const sent = await publish(rows, state.options)
  await client.query({
    name: 'outbox-delete',
    text: 'DELETE FROM outbox WHERE id = ANY($1::bigint[])',
    values: [sent],
  })
  state.figures.onPublished(sent.length)
  // More is waiting: no time to gather.
  state.publishedAt = rows.length < batch ? state.monotonicMs() : -Infinity
  if (sent.length < rows.length) await state.alarm.wait(200)
}

async function gather({ options, monotonicMs, publishedAt }: LoopState): Promise<void> {
  const { gatherMs = GATHER_MS } = options
  const early = gatherMs - (monotonicMs() - publishedAt)
  if (early > 0) await delay(early)
}

/** Publishes in order on one connection; returns the ids acknowledged. */
async function publish(rows: Row[], { broker, prefix, logger }: RelayOptions): Promise<string[]> {
  const { subject } = namesOf(prefix)
  const results = await Promise.allSettled(
    rows.map((row) =>
      broker.js.publish(subject(row.subject), row.event, { msgID: row.event_id, timeout: 5_000 }),
    ),
  )
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined)
    logger.warn({ err: failed.reason as unknown }, 'Broker refused an event; it stays in the outbox')
  return rows.filter((_, index) => results[index]?.status === 'fulfilled').map(({ id }) => id)
}
