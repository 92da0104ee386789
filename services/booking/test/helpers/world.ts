import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import type { Role } from '@medqueue/contracts'
import type { Broker } from '@medqueue/messaging'
import { createLogger, loadConfig, type Service } from '@medqueue/service-kit'
import {
  connectTestBroker,
  createTestDatabase,
  createTokenIssuer,
  type Scope,
  type TestDatabase,
  testPrefix,
  testServers,
} from '@medqueue/testing'
import type { LightMyRequestResponse } from 'fastify'
import type pg from 'pg'
import { Registry } from 'prom-client'

import { createCatalogueCache } from '../../src/api/catalogue-cache.ts'
import { buildApp } from '../../src/app.ts'
import { ApiConfig } from '../../src/config.ts'
import { createIntake } from '../../src/intake/intake.ts'
import { createAvailability } from '../../src/slots/availability.ts'
import { followChanges } from '../../src/slots/follow.ts'
import { ensureBookingStreams } from '../../src/streams.ts'
import type { WaitingRoom } from '../../src/waiting-room/room.ts'
import { workerMetrics } from '../../src/worker/metrics.ts'
import { startWorker, type Worker, type WorkerOptions } from '../../src/worker/worker.ts'

const MIGRATIONS = join(import.meta.dirname, '../../migrations')
const DAY = 86_400

/** Ids everybody in the tests knows. Doctors 0 and 1 share a specialty; doctor 2 has another; doctor 3 is inactive. */
export interface People {
  doctors: string[]
  patients: string[]
  /** Twenty minutes, automatic. */
  consultation: string
  /** Thirty minutes, the doctor approves; doctor 0 only. */
  procedure: string
  specialty: string
  clinic: string
}

export interface World {
  app: Service
  database: TestDatabase
  pool: pg.Pool
  broker: Broker
  prefix: string
  people: People
  /** Start of the n-th twenty-minute slot, 8:00 to 18:00 UTC, of the d-th day from tomorrow. */
  slot: (n: number, day?: number) => string
  token: (sub: string, role?: Role) => string
  /** Starts a worker, stopped with the scope. */
  work: (options?: Partial<WorkerOptions>) => Worker
  /** Asks for an appointment, and waits for the decision unless `prefer` says how long. */
  book: (body: object, options?: BookOptions) => Promise<LightMyRequestResponse>
}

export interface BookOptions {
  as?: string
  role?: Role
  key?: string | null
  prefer?: string
}

export interface WorldOptions {
  queueMaxBytes?: number
  decisionWaitMs?: number
  /** The waiting room before the routes. */
  room?: WaitingRoom | undefined
  /** Writes more into the projection before the service reads it. */
  prepare?: (world: Pick<World, 'pool' | 'people'>) => Promise<void>
}

/** A whole booking service on its own database and subjects, without a worker until `work` is called. */
export async function createWorld(scope: Scope, options: WorldOptions = {}): Promise<World> {
  const issuer = await createTokenIssuer(scope)
  const database = await createTestDatabase(scope, MIGRATIONS)
  const broker = await connectTestBroker(scope)
  const prefix = testPrefix(scope)
  const { pool } = database
  const logger = createLogger({ service: 'test', version: '0', level: 'silent' })
  const streamCreatedAt = await ensureBookingStreams(broker, {
    prefix,
    queueMaxBytes: options.queueMaxBytes ?? 64 * 1024 ** 2,
  })
  const people = await populate(pool)
  await options.prepare?.({ pool, people })
  const catalogue = await createCatalogueCache(pool, broker, logger, prefix)
  const availability = createAvailability({ pool, monotonicMs: () => performance.now() })
  const following = followChanges({ availability, catalogue: catalogue.current, broker, logger, prefix })
  const intake = createIntake({ broker, prefix, partitions: 4, replica: randomUUID(), logger })
  const config = loadConfig(ApiConfig, {
    DATABASE_URL: database.appUrl,
    NATS_URL: testServers().natsUrl,
    NATS_MONITOR_URL: testServers().natsMonitorUrl,
    REDIS_URL: 'redis://127.0.0.1:1',
    ISSUER: issuer.issuer,
    JWKS_URL: issuer.jwksUrl,
    RATE_LIMIT_PER_MINUTE: '0',
    LOG_LEVEL: 'silent',
    DECISION_WAIT_MS: String(options.decisionWaitMs ?? 8_000),
  })
  const app = await buildApp(config, {
    pool,
    broker,
    redis: undefined,
    logger,
    intake,
    catalogue,
    availability,
    room: options.room,
    now: () => new Date(),
  })
  scope.teardown(async () => {
    await app.close()
    intake.stop()
    following.stop()
    await catalogue.stop()
  })
  const token = (sub: string, role: Role = 'patient') => issuer.token({ sub, roles: [role] })
  return {
    app,
    database,
    pool,
    broker,
    prefix,
    people,
    slot,
    token,
    work: (overrides = {}) => {
      const worker = startWorker({
        pool,
        broker,
        logger,
        prefix,
        partitions: 4,
        owner: randomUUID(),
        leaseTtlMs: 1_500,
        streamCreatedAt,
        lanes: 2,
        batchMax: 1_000,
        metrics: workerMetrics(new Registry()),
        now: () => new Date(),
        onStreamReplaced: () => undefined,
        onCommitted: () => undefined,
        ...overrides,
      })
      scope.teardown(() => worker.stop())
      return worker
    },
    book: async (
      body,
      { as = people.patients[0] ?? '', role = 'patient', key = randomUUID(), prefer } = {},
    ) => {
      const ask = () =>
        app.inject({
          method: 'POST',
          url: '/v1/appointments',
          headers: {
            authorization: `Bearer ${token(as, role)}`,
            ...(key === null ? {} : { 'idempotency-key': key }),
            ...(prefer === undefined ? {} : { prefer }),
          },
          payload: body,
        })
      let answer = await ask()
      // On a busy machine deciding may take longer than a caller waits: asked again with the key, it waits on.
      while (answer.statusCode === 202 && key !== null && prefer === undefined) answer = await ask()
      return answer
    },
  }
}

const tomorrow = () => (Math.floor(Date.now() / 1000 / DAY) + 1) * DAY

function slot(n: number, day = 0): string {
  const seconds = tomorrow() + day * DAY + 8 * 3600 + n * 1200
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}

/** Fills the projection tables: ten days of windows, 8:00 to 18:00 UTC, for every doctor. */
async function populate(pool: pg.Pool): Promise<People> {
  const ids = (count: number) => Array.from({ length: count }, () => randomUUID() as string)
  const [doctors, patients] = [ids(4), ids(1_000)]
  const [consultation = '', procedure = '', specialty = '', other = '', clinic = ''] = ids(5)
  await pool.query(`INSERT INTO clinic VALUES ($1, 1, true, 'Clinic', 'Vitória', 'UTC')`, [clinic])
  await pool.query(
    `INSERT INTO service_type VALUES
       ($1, 1, true, 'Consultation', '20 min', '0', '20 min', '0', '30 d', 'automatic'),
       ($2, 1, true, 'Procedure', '30 min', '10 min', '20 min', '2 h', '30 d', 'manual')`,
    [consultation, procedure],
  )
  for (const [index, doctor] of doctors.entries()) {
    await pool.query(`INSERT INTO doctor VALUES ($1, 1, $2, 'Doctor', $3, $4, $5)`, [
      doctor,
      index !== 3,
      index < 2 ? specialty : other,
      [clinic],
      index === 0 ? [consultation, procedure] : [consultation],
    ])
  }
  await pool.query('INSERT INTO patient SELECT id, 1, true FROM unnest($1::uuid[]) id', [patients])
  await pool.query(
    `INSERT INTO doctor_window
     SELECT d, to_timestamp($2 + n * 86400 + 28800), to_timestamp($2 + n * 86400 + 64800), $3
     FROM unnest($1::uuid[]) d, generate_series(0, 9) n`,
    [doctors, tomorrow(), clinic],
  )
  return { doctors, patients, consultation, procedure, specialty, clinic }
}
