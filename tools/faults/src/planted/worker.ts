/**
 * The product's worker with a bug planted on purpose, named by PLANTED_BUG: `offset` or `epoch`. For the fault tests
 * only: they must notice it.
 */
import { randomUUID } from 'node:crypto'

import {
  type advanceLeases,
  PLAN_SETTINGS,
  ensureBookingStreams,
  loadWorkerConfig,
  startWorker,
  workerMetrics,
} from '@medqueue/booking/internal'
import { createPool } from '@medqueue/database'
import { connectBroker, startOutboxRelay } from '@medqueue/messaging'
import { createLogger } from '@medqueue/service-kit'
import { Registry } from 'prom-client'
import type pg from 'pg'

import { advanceBeforeEffect } from './advance-before-effect.ts'
import { advanceWithoutEpoch } from './advance-without-epoch.ts'

const BUGS: Readonly<Record<string, (pool: pg.Pool) => typeof advanceLeases>> = {
  offset: advanceBeforeEffect,
  epoch: () => advanceWithoutEpoch,
}

const bug = BUGS[process.env.PLANTED_BUG ?? '']
if (bug === undefined) throw new Error(`PLANTED_BUG must be one of: ${Object.keys(BUGS).join(', ')}`)

const config = loadWorkerConfig()
const prefix = config.SUBJECT_PREFIX
const logger = createLogger({ service: 'planted-worker', version: '0.1.0', level: config.LOG_LEVEL })
const broker = await connectBroker({
  url: config.NATS_URL,
  monitorUrl: config.NATS_MONITOR_URL,
  name: 'planted-worker',
})
const streamCreatedAt = await ensureBookingStreams(broker, {
  prefix,
  queueMaxBytes: config.BOOKING_QUEUE_MAX_BYTES,
  replicas: config.STREAM_REPLICAS,
  logger,
})
const pool = createPool({
  url: config.DATABASE_URL,
  // As the product's, and one for each lane's second transaction.
  max: 2 * config.WORKER_LANES + 3,
  name: 'planted-worker',
  settings: PLAN_SETTINGS,
  idleInTransactionTimeoutMs: config.LEASE_TTL_MS,
})
const relay = startOutboxRelay({ pool, broker, logger, prefix })
const worker = startWorker({
  pool,
  broker,
  logger,
  prefix,
  partitions: config.BOOKING_PARTITIONS,
  owner: randomUUID(),
  leaseTtlMs: config.LEASE_TTL_MS,
  streamCreatedAt,
  lanes: config.WORKER_LANES,
  batchMax: config.WORKER_BATCH_MAX,
  metrics: workerMetrics(new Registry()),
  now: () => new Date(),
  onStreamReplaced: () => void process.kill(process.pid, 'SIGTERM'),
  onCommitted: relay.wake,
  advance: bug(pool),
})
process.once('SIGTERM', () => {
  void (async () => {
    await worker.stop()
    await relay.stop()
    await broker.close()
    await pool.end()
  })()
})
