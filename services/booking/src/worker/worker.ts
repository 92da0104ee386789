import { setTimeout as delay } from 'node:timers/promises'

import type pg from 'pg'

import { namesOf } from '@medqueue/contracts'
import { Alarm, type Broker, type Log } from '@medqueue/messaging'
import { repeat, type Repetition } from '@medqueue/service-kit'

import { type Advance, advanceLeases } from '../store/advance-leases.ts'
import { collect } from './batch.ts'
import { LeaseLostError } from './decide.ts'
import { createLeaseCalls, type LeaseCalls } from './lease-calls.ts'
import { createLeases, type Lease, type Leases } from './leases.ts'
import { type Load, loadOf, requestsIn } from './load.ts'
import { type LogEntry, LogReader } from './log-reader.ts'
import type { WorkerMetrics } from './metrics.ts'
import { settle, type SettleOptions } from './settle.ts'
import { tellReplicas } from './tell-replicas.ts'

export interface WorkerOptions {
  pool: pg.Pool
  broker: Broker
  logger: Log
  prefix: string
  partitions: number
  /** Unique for each start. */
  owner: string
  /** How long a lease lasts without renewal; milliseconds. */
  leaseTtlMs: number
  /** When the request stream was made. */
  streamCreatedAt: string
  /** Most transactions at a time; a partition is in one of them at most, so its order holds. */
  lanes: number
  /** Most requests in a transaction. */
  batchMax: number
  metrics: WorkerMetrics
  now: () => Date
  /** The stream was made anew: the process must start over. */
  onStreamReplaced: () => void
  /** Something was committed to the outbox. */
  onCommitted: () => void
  /** The fence; fault tests put a broken one in its place, to see that it is missed. */
  advance?: typeof advanceLeases
}

export interface Worker {
  /** Partitions held now. */
  partitions: () => number[]
  /** What it has before it now. */
  load: () => Load
  /** Ends the batches at hand, gives the leases back. A second call changes nothing. */
  stop: () => Promise<void>
}

interface Held {
  lease: Lease
  reader: LogReader
  /** More than the fair share: nothing is taken of it any more, and it is given up as soon as its batch is done. */
  retiring: boolean
  /** In the middle of a batch. */
  busy: boolean
  /** Purged from the stream up to here; 0 until it was, for an earlier holder may have left decided messages. */
  purged: number
}

const PURGE_EVERY_MS = 3_000
const PURGE_AT_STOP_MS = 2_000

/** Requests that must wait before another lane starts a transaction of its own. */
const JOIN_IN = 128

/**
 * A booking worker: leases partitions, reads each as a log, decides in batches, tells the replicas that wait.
 *
 *   partition: free --acquire--> held --batch--> busy --commit--> held --release | fence--> free
 */
export function startWorker(options: WorkerOptions): Worker {
  const ticker = new Alarm()
  const state: State = {
    options,
    held: new Map(),
    leases: createLeases({ ...options, ttlMs: options.leaseTtlMs }),
    calls: createLeaseCalls({ ...options, onCall: () => ticker.ring() }),
    bells: Array.from({ length: options.lanes }, () => new Alarm()),
    ticker,
    ending: new Set(),
    singly: new Set(),
    inflight: 0,
    joined: false,
    stopping: false,
  }
  const leasing = leaseLoop(state)
  const purging = purgeLoop(state)
  const deciding = state.bells.map((bell, lane) => laneLoop(state, lane, bell))
  const stop = async () => {
    state.stopping = true
    for (const bell of [...state.bells, state.ticker]) bell.ring()
    await Promise.all([...deciding, leasing])
    await leave(state)
    // What is left in the stream is the queue: a worker that goes must not leave decided messages behind.
    await Promise.race([
      purge(state).catch(() => undefined),
      delay(PURGE_AT_STOP_MS, undefined, { ref: false }),
    ])
    for (const held of [...state.held.values()]) drop(state, held)
    await Promise.all([...state.ending, purging.stop()])
  }
  let stopped: Promise<void> | undefined
  return {
    partitions: () => [...state.held.keys()],
    load: () =>
      loadOf(
        [...state.held.values()].map(({ reader }) => reader),
        state.inflight,
      ),
    stop: () => (stopped ??= stop()),
  }
}

interface State {
  options: WorkerOptions
  held: Map<number, Held>
  leases: Leases
  calls: LeaseCalls
  bells: Alarm[]
  /** Calls for a round of leasing before its time. */
  ticker: Alarm
  /** Readers of partitions given up, on their way out. */
  ending: Set<Promise<void>>
  /** Services found to need more than the doctor's time. */
  singly: Set<string>
  /** Requests in transactions now. */
  inflight: number
  /** The others have learned that there is one more to share with. */
  joined: boolean
  stopping: boolean
}

async function leaseLoop(state: State): Promise<void> {
  const { options, ticker } = state
  const { leaseTtlMs, logger } = options
  while (!state.stopping) {
    try {
      await leaseRound(state)
    } catch (error) {
      logger.warn({ err: error }, 'Lease round failed; trying again')
    }
    await ticker.wait(leaseTtlMs / 3)
  }
}

async function leaseRound(state: State): Promise<void> {
  const { leases, calls } = state
  const before = [...state.held.values()]
  const { kept, share } = await leases.renew(before.map(({ lease }) => lease))
  const lost = before.filter(({ lease }) => !kept.has(lease.partition))
  for (const one of lost) drop(state, one)
  const surplus = retire(state, state.held.size - share)
  if (surplus.length > 0) {
    await leases.release(surplus.map(({ lease }) => lease))
    for (const one of surplus) drop(state, one)
    calls.call()
  }
  const wanted = share - state.held.size
  const gained = wanted > 0 ? await leases.acquire(wanted, [...state.held.keys()]) : []
  for (const lease of gained) hold(state, lease)
  // Once: whoever has more than its share now gives it back, and says so.
  if (!state.joined && gained.length < wanted) calls.call()
  state.joined = true
  note(state, gained, [...lost, ...surplus])
}

/**
 * Marks so many partitions as retiring, first those that are not in the middle of a batch. These are returned: no lane
 * begins a batch of them any more, so that they can be given back.
 */
function retire({ bells, held }: State, excess: number): Held[] {
  const idleFirst = [...held.values()].sort((a, b) => Number(a.busy) - Number(b.busy))
  for (const [index, one] of idleFirst.entries()) {
    const stays = index >= excess
    // The lanes have passed it over meanwhile.
    if (one.retiring && stays) for (const bell of bells) bell.ring()
    one.retiring = !stays
  }
  return idleFirst.filter(({ busy, retiring }) => retiring && !busy)
}

function note({ held, options }: State, gained: readonly Lease[], lost: readonly Held[]): void {
  const { logger, metrics } = options
  metrics.partitions.set(held.size)
  if (gained.length + lost.length === 0) return
  const fields = {
    gained: gained.map(({ partition }) => partition),
    lost: lost.map(({ lease }) => lease.partition),
  }
  logger.info(fields, 'Leases changed')
}

async function leave({ held, leases, calls, options }: State): Promise<void> {
  try {
    await leases.leave([...held.values()].map(({ lease }) => lease))
    calls.call()
  } catch (error) {
    options.logger.warn({ err: error }, 'Leases were not given back; they expire')
  }
  calls.stop()
}

function hold(state: State, lease: Lease): void {
  const { broker, logger, prefix } = state.options
  const { streams, subjects } = namesOf(prefix)
  const reader = new LogReader({
    broker,
    logger,
    stream: streams.bookingRequests,
    subject: subjects.bookingRequests(lease.partition),
    partition: lease.partition,
    committed: lease.committed,
    streamCreatedAt: state.options.streamCreatedAt,
    onReplaced: state.options.onStreamReplaced,
    onEntries: () => {
      for (const bell of state.bells) bell.ring()
    },
  })
  // A reader that nobody holds would read for ever.
  const before = state.held.get(lease.partition)
  if (before !== undefined) drop(state, before)
  state.held.set(lease.partition, { lease, reader, retiring: false, busy: false, purged: 0 })
}

/**
 * The reader ends in the background: a broker that hangs must keep nobody from renewing the leases. A partition that
 * was leased anew meanwhile stays held.
 */
function drop({ held, ending }: State, one: Held): void {
  const { lease, reader } = one
  if (held.get(lease.partition) === one) held.delete(lease.partition)
  const end = reader.stop().finally(() => ending.delete(end))
  ending.add(end)
}

/**
 * One transaction at a time, over whatever partitions no other lane is busy with. The first lane takes all there is;
 * the others join in only when enough waits, because two small batches cost more than one that is twice as large.
 */
async function laneLoop(state: State, lane: number, bell: Alarm): Promise<void> {
  const { batchMax } = state.options
  while (!state.stopping) {
    const idle = turned([...state.held.values()].filter(({ busy, retiring }) => !busy && !retiring))
    const readers = idle.map(({ reader }) => reader)
    const waits = readers.reduce((sum, { requests }) => sum + requests, 0)
    const entries = lane > 0 && waits < JOIN_IN ? [] : collect(readers, batchMax)
    if (entries.length === 0) {
      await bell.wait(1_000)
      continue
    }
    const involved = involvedIn(idle, entries)
    for (const one of involved) one.busy = true
    state.inflight += requestsIn(entries)
    try {
      await work(state, entries, involved)
    } catch (error) {
      abandon(state, involved, error)
    } finally {
      state.inflight -= requestsIn(entries)
      for (const one of involved) one.busy = false
      // What came for these partitions meanwhile was passed over by the other lanes.
      for (const other of state.bells) other.ring()
      // Others wait for what the batch kept it from giving back.
      if (involved.some(({ retiring }) => retiring)) state.ticker.ring()
    }
  }
}

function abandon(state: State, involved: readonly Held[], error: unknown): void {
  state.options.logger.error({ err: error }, 'Batch abandoned; its partitions are leased anew')
  for (const one of involved) drop(state, one)
  // Most of them may still be ours, and nobody reads them until they are leased again.
  if (error instanceof LeaseLostError) state.ticker.ring()
}

let turn = 0

/** Starts each time with another partition, so that a full one does not starve the rest. */
function turned(held: Held[]): Held[] {
  const from = held.length === 0 ? 0 : ++turn % held.length
  return [...held.slice(from), ...held.slice(0, from)]
}

function involvedIn(held: Held[], entries: readonly LogEntry[]): Held[] {
  const partitions = new Set(entries.map(({ partition }) => partition))
  return held.filter(({ lease }) => partitions.has(lease.partition))
}

/** The committed sequence each partition will have after the entries. */
function advancesOf(entries: readonly LogEntry[], involved: readonly Held[]): Advance[] {
  return involved.map(({ lease: { partition, epoch } }) => {
    const seq = entries.findLast((entry) => entry.partition === partition)?.seq ?? 0
    return { partition, epoch, seq }
  })
}

async function work(state: State, entries: LogEntry[], involved: Held[]): Promise<void> {
  const { metrics, now, onCommitted } = state.options
  const advances = advancesOf(entries, involved)
  const started = performance.now()
  const settleOptions: SettleOptions = {
    advance: advanceLeases,
    ...state.options,
    singly: state.singly,
    stopping: () => state.stopping,
  }
  const outcomes = await settle(settleOptions, entries, advances)
  if (outcomes === undefined) throw new LeaseLostError('lease lost')
  for (const { partition, seq } of advances) {
    const held = state.held.get(partition)
    if (held !== undefined) held.lease.committed = seq
  }
  tellReplicas(state.options, entries, outcomes)
  onCommitted()
  metrics.observe(entries, outcomes, performance.now() - started, now().getTime())
}

/** Deletes decided messages from the stream now and then, so that what is left in it is the queue. */
function purgeLoop(state: State): Repetition {
  return repeat({
    turn: async () => {
      await purge(state)
      return undefined
    },
    restMs: PURGE_EVERY_MS,
    onError: (error) => state.options.logger.warn({ err: error }, 'Purge failed; trying again later'),
  })
}

async function purge(state: State): Promise<void> {
  const { broker, prefix } = state.options
  const { streams, subjects } = namesOf(prefix)
  if (!broker.connected()) return
  for (const held of state.held.values()) {
    const { committed, partition } = held.lease
    if (committed <= held.purged) continue
    // The sequences of a stream made anew begin at one again: what they name there is not decided.
    if (!(await isSameStream(state.options))) return
    await broker.jsm.streams.purge(streams.bookingRequests, {
      filter: subjects.bookingRequests(partition),
      seq: committed + 1,
    })
    held.purged = committed
  }
}

async function isSameStream({ broker, prefix, streamCreatedAt }: WorkerOptions): Promise<boolean> {
  const { created } = await broker.jsm.streams.info(namesOf(prefix).streams.bookingRequests)
  return created === streamCreatedAt
}
