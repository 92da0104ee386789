import { jetstream, type JetStreamClient, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import pg from 'pg'

import { namesOf } from '@medqueue/contracts'

import { type Acknowledgement, readAcknowledged } from './acknowledged.ts'
import { checkAcknowledgements } from './checks/acknowledgements.ts'
import { checkEvents } from './checks/events.ts'
import { checkPast, pairKey } from './checks/past-double-bookings.ts'
import { checkQueue } from './checks/queue.ts'
import { checkRefusals } from './checks/refusals.ts'
import { type Finding, type FindingKind, Findings, type Group } from './findings.ts'
import { settle } from './settle.ts'
import { readHistory } from './sources/history.ts'
import { readLedger } from './sources/ledger.ts'
import { readQueue } from './sources/queue.ts'
import { streamInfo } from './sources/read-stream.ts'
import { findBeyondCommitted, findDecidedOutOfOrder, findSharedPlaces } from './store/decision-order.ts'
import { findDoubleBookings, OWNERS } from './store/double-bookings.ts'
import { findMissingAppointments, findTwice, findUndecidedAppointments } from './store/effects.ts'
import type { Found } from './store/found.ts'

export interface AuditOptions {
  /** The booking service's database; reading is enough. */
  databaseUrl: string
  natsUrl: string
  /** The installation's prefix of streams and subjects; none when not given. */
  prefix?: string
  /** Answers that callers were given: a list, or a file of JSON lines. */
  acknowledged?: string | Iterable<Acknowledgement>
  /** Longest wait for the queue and the outbox to become empty; milliseconds, default 30,000. */
  settleMs?: number
}

export interface AuditReport {
  /** True when nothing was found. */
  ok: boolean
  totals: Record<Group, number>
  /** One entry a kind, also those with a count of 0. */
  findings: Finding[]
  /** What was looked at. */
  seen: { appointments: number; requests: number; events: number; acknowledged: number; queued: number }
  /** False when the queue or the outbox had not become empty in time. */
  settled: boolean
  /** False when the stream of events has dropped its beginning, so that missing events cannot be told. */
  historyComplete: boolean
  /** Events stored behind one of a later place of the same doctor: no violation, since versions decide. */
  eventInversions: number
  seconds: number
}

/**
 * Audits a booking database against itself, its queue, its events, and what callers were told. It reads only. Throws
 * AuditError when a source cannot be read: then nothing is known.
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const started = performance.now()
  const answers = await readAcknowledged(options.acknowledged)
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 1, application_name: 'audit' })
  pool.on('error', () => undefined)
  try {
    const nc = await connect({ servers: options.natsUrl, name: 'audit', timeout: 5_000 })
    try {
      const jsm = await jetstreamManager(nc, { timeout: 10_000 })
      const sources: Sources = {
        pool,
        js: jetstream(nc, { timeout: 10_000 }),
        jsm,
        prefix: options.prefix ?? '',
      }
      const result = await run(sources, answers, options.settleMs ?? 30_000)
      return { ...result, seconds: Math.round(performance.now() - started) / 1_000 }
    } finally {
      await nc.close()
    }
  } finally {
    await pool.end()
  }
}

interface Sources {
  pool: pg.Pool
  js: JetStreamClient
  jsm: JetStreamManager
  prefix: string
}

/** Where each stream ends before the rows are read: what comes later may tell of rows not seen. */
interface Ends {
  queueCreatedAt: string
  queueSeq: number
  eventsSeq: number
}

async function run(
  sources: Sources,
  answers: readonly Acknowledgement[],
  settleMs: number,
): Promise<Omit<AuditReport, 'seconds'>> {
  const settled = await settle({ ...sources, timeoutMs: settleMs })
  const findings = new Findings()
  const ends = await readEnds(sources)
  const { ledger, known } = await inSnapshot(sources.pool, async (client) =>
    auditRows(client, ends, findings),
  )
  const queue = await readQueue(sources, sources.prefix, ends.queueSeq)
  const history = await readHistory(sources, sources.prefix)

  if (!settled)
    findings.addMany(
      'unpublished_event',
      ledger.untold.size,
      [...ledger.untold].map((about) => ({ about })),
    )
  const streamCreatedAt = Date.parse(ends.queueCreatedAt)
  checkPast(history.stories.values(), findings, known)
  checkRefusals({ ledger, stories: history.stories, streamCreatedAt }, findings)
  checkEvents(ledger, { ...history, before: ends.eventsSeq }, findings)
  checkQueue(ledger, queue, ends.queueCreatedAt, findings)
  checkAcknowledgements(answers, { ledger, queue }, findings)
  const totals = findings.totals()
  return {
    ok: Object.values(totals).every((count) => count === 0),
    totals,
    findings: findings.list(),
    seen: {
      appointments: ledger.appointments.size,
      requests: ledger.requests.size,
      events: history.events,
      acknowledged: answers.length,
      queued: queue.length,
    },
    settled,
    historyComplete: history.complete,
    eventInversions: history.inversions,
  }
}

async function readEnds({ jsm, prefix }: Sources): Promise<Ends> {
  const { streams } = namesOf(prefix)
  const queue = await streamInfo(jsm, streams.bookingRequests)
  const events = await streamInfo(jsm, streams.appointmentEvents)
  return { queueCreatedAt: queue.created, queueSeq: queue.state.last_seq, eventsSeq: events.state.last_seq }
}

/** The checks that are questions to the database, and the rows for those in memory, all of one moment. */
async function auditRows(client: pg.ClientBase, { queueCreatedAt }: Ends, findings: Findings) {
  const known = {
    doctor: new Set<string>(),
    patient: new Set<string>(),
    room: new Set<string>(),
    device: new Set<string>(),
  }
  for (const who of ['doctor', 'patient', 'room', 'device'] as const) {
    const { count, pairs } = await findDoubleBookings(client, OWNERS[who])
    findings.addMany(
      `${who}_double_booked`,
      count,
      pairs.map(({ example }) => example),
    )
    for (const { id, other } of pairs) known[who].add(pairKey(id, other))
  }
  const add = (kind: FindingKind, { count, examples }: Found) => findings.addMany(kind, count, examples)
  add('booked_without_appointment', await findMissingAppointments(client))
  add('appointment_without_request', await findUndecidedAppointments(client))
  add('appointment_twice', await findTwice(client, 'appointment'))
  add('request_decided_twice', await findTwice(client, 'booking_request'))
  add('decided_out_of_order', await findDecidedOutOfOrder(client, queueCreatedAt))
  add('place_used_twice', await findSharedPlaces(client, queueCreatedAt))
  add('decided_beyond_committed', await findBeyondCommitted(client, queueCreatedAt))
  return { ledger: await readLedger(client), known }
}

async function inSnapshot<T>(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  // A connection that breaks fails its query; without a listener it would end the process, too.
  let broken = false
  client.on('error', () => (broken = true))
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return await work(client)
  } finally {
    await client.query('ROLLBACK').catch(() => undefined)
    client.release(broken)
  }
}
