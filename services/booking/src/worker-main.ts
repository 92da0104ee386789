import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { createPool, migrate } from '@medqueue/database'
import { connectBroker, startOutboxRelay } from '@medqueue/messaging'
import { buildService, createLogger, eventMetrics, runService, secretUrl } from '@medqueue/service-kit'

import { loadWorkerConfig } from './config.ts'
import { BookingErrors } from './errors.ts'
import { assertPartitions } from './store/assert-partitions.ts'
import { PLAN_SETTINGS } from './store/plan-settings.ts'
import { ensureBookingStreams } from './streams.ts'
import { listenForDrain } from './worker/drain.ts'
import { startHeartbeat } from './worker/heartbeat.ts'
import { countWork } from './worker/load.ts'
import { workerMetrics } from './worker/metrics.ts'
import { startWorker } from './worker/worker.ts'

const config = loadWorkerConfig()
const prefix = config.SUBJECT_PREFIX
const logger = createLogger({ service: 'booking-worker', version: '0.1.0', level: config.LOG_LEVEL })

if (config.MIGRATION_DATABASE_URL !== undefined) {
  await migrate({ url: config.MIGRATION_DATABASE_URL, directory: join(import.meta.dirname, '../migrations') })
}
const broker = await connectBroker({
  logger,
  url: secretUrl(config.NATS_URL, config.NATS_URL_FILE),
  monitorUrl: config.NATS_MONITOR_URL,
  name: 'booking-worker',
})
const streamCreatedAt = await ensureBookingStreams(broker, {
  prefix,
  queueMaxBytes: config.BOOKING_QUEUE_MAX_BYTES,
  replicas: config.STREAM_REPLICAS,
  logger,
})
const pool = createPool({
  url: secretUrl(config.DATABASE_URL, config.DATABASE_URL_FILE),
  // A connection for each lane, one for leases, one for the relay, one to spare.
  max: config.WORKER_LANES + 3,
  name: 'booking-worker',
  settings: PLAN_SETTINGS,
  // A paused worker must not keep its partitions locked.
  idleInTransactionTimeoutMs: config.LEASE_TTL_MS,
})

/** What the queue was made with stays: found once to be enough, the number of partitions is not looked up again. */
let fits = false
const app = await buildService({
  name: 'booking-worker',
  version: '0.1.0',
  config,
  errors: BookingErrors,
  logger,
  readiness: {
    database: async () => {
      await pool.query('SELECT 1')
    },
    broker: async () => {
      if (!broker.connected()) throw new Error('not connected')
    },
    partitions: async () => {
      if (fits) return
      try {
        await assertPartitions(pool, { partitions: config.BOOKING_PARTITIONS, streamCreatedAt })
        fits = true
      } catch (error) {
        logger.error({ err: error }, 'Not ready: the number of partitions cannot be told, or is too small')
        throw error
      }
    },
  },
})
// The supervisor brings the process back.
const startOver = () => void process.kill(process.pid, 'SIGTERM')
const relay = startOutboxRelay({ pool, broker, logger, prefix })
eventMetrics(app.metrics.registry, { relay })
const { metrics, done } = countWork(workerMetrics(app.metrics.registry))
const worker = startWorker({
  pool,
  broker,
  logger,
  prefix,
  partitions: config.BOOKING_PARTITIONS,
  owner: `${hostname()}-${randomUUID().slice(0, 8)}`,
  leaseTtlMs: config.LEASE_TTL_MS,
  streamCreatedAt,
  lanes: config.WORKER_LANES,
  batchMax: config.WORKER_BATCH_MAX,
  metrics,
  now: () => new Date(),
  onStreamReplaced: startOver,
  onCommitted: relay.wake,
})
const { BOOKING_POOL, POD_NAME } = config
const heart = startHeartbeat({ broker, prefix, pool: BOOKING_POOL, pod: POD_NAME, load: worker.load, done })
const drain = listenForDrain({
  broker,
  logger,
  prefix,
  pod: POD_NAME,
  heart,
  finish: worker.stop,
  onForgotten: startOver,
})

await runService(app, {
  host: config.HOST,
  port: config.PORT,
  onClose: async () => {
    drain.stop()
    await worker.stop()
    heart.stop()
    await relay.stop()
    await broker.close()
    await pool.end()
  },
})
