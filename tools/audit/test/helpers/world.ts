import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'

import { type AppointmentEvent, namesOf, streamsOf } from '@medqueue/contracts'
import { type Broker, ensureStream } from '@medqueue/messaging'
import { connectTestBroker, createTestDatabase, type Scope, testPrefix, testServers } from '@medqueue/testing'
import pg from 'pg'

import { type Acknowledgement, audit, type AuditReport } from '../../src/index.ts'

const MIGRATIONS = resolve(import.meta.dirname, '../../../../services/booking/migrations')

const MINUTE = 60_000
/** All visits lie on this day, minutes are counted from here. */
const DAY = Date.UTC(2030, 4, 6)

const SERVICE = randomUUID()
const CLINIC = randomUUID()

/** A booking request with its place, decision and appointment; minutes for times of visits, seconds for decisions. */
export interface Asked {
  id: string
  doctor: string
  patient: string
  /** Start of the visit, minutes of the day. */
  at: number
  seq: number
  pos: number
  /** Seconds after the run's start. */
  decidedAt: number
  decision: 'booked' | 'pending' | 'refused' | 'failed'
  reason: string | null
}

/** Visits take 20 minutes and keep the doctor for 10 more. */
const VISIT = 20
const BUFFER = 10

/** A history that is written row by row and event by event, right or wrong. */
export interface World {
  db: pg.Client
  broker: Broker
  prefix: string
  /** Where the audit finds it. */
  place: { databaseUrl: string; natsUrl: string; prefix: string }
  /** Writes a request, its appointment when it is booked, and its event. */
  ask: (asked: Partial<Asked>, skip?: readonly ('request' | 'appointment' | 'event')[]) => Promise<Asked>
  /** Cancels in the row and tells it, in order. */
  cancel: (asked: Asked, decidedAt: number, skip?: readonly ('row' | 'event')[]) => Promise<void>
  publish: (asked: Asked, change: EventChange) => Promise<void>
  /** Puts a message with these request ids into the queue; returns its sequence. */
  queue: (ids: readonly string[], partition?: number) => Promise<number>
  audit: (acknowledged?: readonly Acknowledgement[]) => Promise<AuditReport>
}

export interface EventChange {
  type: 'booked' | 'requested' | 'refused' | 'cancelled' | 'approved'
  version?: number
  /** Seconds after the run's start; the request's own when not given. */
  at?: number
  data?: Partial<AppointmentEvent>
  id?: string
}

/** An empty booking database and empty streams. The rows are the owner's to write: constraints may be dropped. */
export async function buildWorld(scope: Scope): Promise<World> {
  const { ownerUrl, appUrl } = await createTestDatabase(scope, MIGRATIONS)
  const db = new pg.Client({ connectionString: ownerUrl })
  await db.connect()
  scope.teardown(async () => db.end())
  const broker = await connectTestBroker(scope)
  const prefix = testPrefix(scope)
  const { bookingRequests, appointmentEvents } = streamsOf(prefix)
  const { created } = await ensureStream(broker.jsm, bookingRequests)
  await ensureStream(broker.jsm, appointmentEvents)
  await prepare(db, created)
  const settings = { db, broker, prefix, shift: Date.parse(created) + 1_000, asked: 0 }
  const place = { databaseUrl: appUrl, natsUrl: testServers().natsUrl, prefix }
  return {
    db,
    broker,
    prefix,
    place,
    ask: async (asked, skip = []) => ask(settings, asked, skip),
    cancel: async (asked, at, skip = []) => cancel(settings, asked, at, skip),
    publish: async (asked, change) => publish(settings, asked, change),
    queue: async (ids, partition = 0) => {
      const subject = namesOf(prefix).subjects.bookingRequests(partition)
      return (await broker.js.publish(subject, JSON.stringify({ ids: ids.join(','), count: ids.length }))).seq
    },
    audit: async (acknowledged = []) => audit({ ...place, acknowledged, settleMs: 0 }),
  }
}

interface Settings {
  db: pg.Client
  broker: Broker
  prefix: string
  /** Unix milliseconds of second 0: after the stream was made. */
  shift: number
  asked: number
}

async function prepare(db: pg.Client, streamCreatedAt: string): Promise<void> {
  await db.query(
    `INSERT INTO service_type (id, version, active, name, duration, buffer_after, alignment, minimum_notice, horizon, approval)
     VALUES ($1, 1, true, 'Check', $2, $3, '10 min', '0', '90 days', 'automatic')`,
    [SERVICE, `${VISIT} minutes`, `${BUFFER} minutes`],
  )
  await db.query(
    `INSERT INTO partition_lease (partition, owner, epoch, stream_created_at, committed_seq)
     SELECT p, 'worker', 1, $1, 1000 FROM generate_series(0, 3) p`,
    [streamCreatedAt],
  )
}

const instant = (ms: number) => new Date(ms).toISOString()

async function ask(settings: Settings, given: Partial<Asked>, skip: readonly string[]): Promise<Asked> {
  settings.asked += 1
  const place = settings.asked
  const asked: Asked = {
    ...{ id: randomUUID(), doctor: randomUUID(), patient: randomUUID() },
    ...{ at: 540, seq: place, pos: 0, decidedAt: place, decision: 'booked', reason: null },
    ...given,
  }
  if (!skip.includes('request')) await insertRequest(settings, asked)
  const made = asked.decision === 'booked' || asked.decision === 'pending'
  if (made && !skip.includes('appointment')) await insertAppointment(settings, asked)
  const type = asked.decision === 'pending' ? 'requested' : asked.decision
  if (type !== 'failed' && !skip.includes('event')) await publish(settings, asked, { type })
  return asked
}

async function insertRequest({ db, shift }: Settings, asked: Asked): Promise<void> {
  const { id, patient, doctor, at, seq, pos, decision, reason, decidedAt } = asked
  await db.query(
    `INSERT INTO booking_request (id, fingerprint, principal_id, patient_id, doctor_id, service_id, starts_at, partition,
       stream_seq, batch_pos, decision, reason, decided_at)
     VALUES ($1, $1, $2, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10)`,
    [
      ...[id, patient, doctor, SERVICE, instant(DAY + at * MINUTE), seq, pos, decision, reason],
      instant(shift + decidedAt * 1_000),
    ],
  )
}

async function insertAppointment({ db, shift }: Settings, asked: Asked): Promise<void> {
  const from = DAY + asked.at * MINUTE
  const [to, until] = [from + VISIT * MINUTE, from + (VISIT + BUFFER) * MINUTE]
  const decided = instant(shift + asked.decidedAt * 1_000)
  await db.query(
    `INSERT INTO appointment (id, doctor_id, patient_id, service_id, clinic_id, visit, blocked, status, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, tstzrange($6, $7), tstzrange($6, $8), $9, $10, $10)`,
    [
      ...[asked.id, asked.doctor, asked.patient, SERVICE, CLINIC],
      ...[instant(from), instant(to), instant(until), asked.decision, decided],
    ],
  )
}

async function cancel(settings: Settings, asked: Asked, at: number, skip: readonly string[]): Promise<void> {
  const when = instant(settings.shift + at * 1_000)
  if (!skip.includes('row')) {
    await settings.db.query(
      `UPDATE appointment SET status = 'cancelled', version = version + 1, updated_at = $2 WHERE id = $1`,
      [asked.id, when],
    )
  }
  if (!skip.includes('event')) {
    await publish(settings, asked, { type: 'cancelled', version: 2, at, data: { status: 'cancelled' } })
  }
}

async function publish(
  { broker, prefix, shift }: Settings,
  asked: Asked,
  change: EventChange,
): Promise<void> {
  const { type, version = 1, at = asked.decidedAt, id = randomUUID() } = change
  const from = DAY + asked.at * MINUTE
  const data: AppointmentEvent = {
    ...{ appointmentId: asked.id, doctorId: asked.doctor, patientId: asked.patient },
    ...{ serviceId: SERVICE, clinicId: CLINIC },
    ...{ start: instant(from), end: instant(from + VISIT * MINUTE) },
    ...{ status: asked.decision === 'failed' ? 'refused' : asked.decision },
    ...{ reason: asked.reason, seq: `0:${asked.seq}:${asked.pos}` },
    ...change.data,
  }
  const occurredAt = instant(shift + at * 1_000)
  const source = { type: `appointment.${type}`, source: 'booking', subject: asked.id }
  const subject = namesOf(prefix).subjects.appointment(type, asked.doctor, asked.patient)
  await broker.js.publish(subject, JSON.stringify({ id, ...source, version, occurredAt, data }))
}
