/**
 * The worker of (d): the product's own, composed here so that the outbox relay can stand still. No variant publishes
 * its outbox while it is measured, because what is compared is booking; `RELAY=1` shows the whole product.
 */
import { randomUUID } from 'node:crypto'

import {
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

const config = loadWorkerConfig()
const logger = createLogger({ service: 'bench-worker', version: '0', level: config.LOG_LEVEL })
const broker = await connectBroker({
  url: config.NATS_URL,
  monitorUrl: config.NATS_MONITOR_URL,
  name: 'bench-worker',
})
const prefix = config.SUBJECT_PREFIX
const streamCreatedAt = await ensureBookingStreams(broker, {
  prefix,
  queueMaxBytes: config.BOOKING_QUEUE_MAX_BYTES,
  replicas: config.STREAM_REPLICAS,
  logger,
})
const pool = createPool({
  url: config.DATABASE_URL,
  max: config.WORKER_LANES + 3,
  name: 'bench-worker',
  settings: PLAN_SETTINGS,
})
const relay = process.env.RELAY === '1' ? startOutboxRelay({ pool, broker, logger, prefix }) : undefined
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
  // Start over with the new stream; the supervisor brings the process back.
  onStreamReplaced: () => void process.kill(process.pid, 'SIGTERM'),
  onCommitted: () => relay?.wake(),
})
process.once('SIGTERM', () => {
  void (async () => {
    await worker.stop()
    await relay?.stop()
    await broker.close()
    await pool.end()
  })()
})
