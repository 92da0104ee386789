import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import { createPool, migrate } from '@medqueue/database'
import { connectBroker } from '@medqueue/messaging'
import {
  connectRedis,
  createLogger,
  createTurns,
  eventMetrics,
  poolMetrics,
  runService,
  secretUrl,
} from '@medqueue/service-kit'

import { createCatalogueCache } from './api/catalogue-cache.ts'
import { buildApp } from './app.ts'
import { loadApiConfig } from './config.ts'
import { startAuditKeeper } from './fhir/audit/keeper.ts'
import { createIntake } from './intake/intake.ts'
import { intakeMetrics } from './intake/metrics.ts'
import { createWaker } from './intake/wake.ts'
import { startSweeper } from './lapses/sweeper.ts'
import { startProjections } from './projections/start.ts'
import { recordMetrics } from './record-watch/metrics.ts'
import { startRecordWatch } from './record-watch/watch.ts'
import { createAvailability } from './slots/availability.ts'
import { followChanges } from './slots/follow.ts'
import { startTickets } from './queue-tickets/follow.ts'
import { assertPartitions } from './store/assert-partitions.ts'
import { PLAN_SETTINGS } from './store/plan-settings.ts'
import { ensureBookingStreams } from './streams.ts'
import { startWaitingRoom } from './waiting-room/connect.ts'
import { startWaitlist } from './waitlist/runner.ts'

const config = loadApiConfig()
const prefix = config.SUBJECT_PREFIX
const now = () => new Date()
const logger = createLogger({ service: 'booking-api', version: '0.1.0', level: config.LOG_LEVEL })

if (config.MIGRATION_DATABASE_URL !== undefined) {
  await migrate({ url: config.MIGRATION_DATABASE_URL, directory: join(import.meta.dirname, '../migrations') })
}
const broker = await connectBroker({
  logger,
  url: secretUrl(config.NATS_URL, config.NATS_URL_FILE),
  monitorUrl: config.NATS_MONITOR_URL,
  name: 'booking-api',
})
const streamCreatedAt = await ensureBookingStreams(broker, {
  prefix,
  queueMaxBytes: config.BOOKING_QUEUE_MAX_BYTES,
  replicas: config.STREAM_REPLICAS,
  logger,
})
const pool = createPool({
  url: secretUrl(config.DATABASE_URL, config.DATABASE_URL_FILE),
  max: config.DATABASE_POOL_MAX,
  name: 'booking-api',
  settings: PLAN_SETTINGS,
})
await assertPartitions(pool, { partitions: config.BOOKING_PARTITIONS, streamCreatedAt })
const redis = await connectRedis(secretUrl(config.REDIS_URL, config.REDIS_URL_FILE), logger)
const projections = await startProjections({ pool, broker, logger, prefix })
const catalogue = await createCatalogueCache(pool, broker, logger, prefix)
const availability = createAvailability({ pool, monotonicMs: () => performance.now() })
const following = followChanges({ availability, catalogue: catalogue.current, broker, logger, prefix })
const replica = randomUUID()
const waker = createWaker({ broker, prefix, pool: config.BOOKING_POOL, replica })
const intake = createIntake({
  broker,
  prefix,
  partitions: config.BOOKING_PARTITIONS,
  replica,
  logger,
  onStored: waker.stored,
})
const turns = createTurns()
const sources = {
  oldestMs: intake.oldestMs,
  poolMs: () => pool.waits.takeLongestMs(),
  beginMs: turns.oldestMs,
}
const room = await startWaitingRoom(config, { redis, logger, replica, sources })

const app = await buildApp(config, {
  pool,
  broker,
  redis,
  logger,
  intake,
  catalogue,
  availability,
  room,
  turns,
  now,
})
poolMetrics(app.metrics.registry, pool)
intakeMetrics(app.metrics.registry, intake)
const sweeper = startSweeper({ pool, logger, now, newId: randomUUID })
const waitlist = startWaitlist({
  ...{ pool, broker, availability, catalogue: catalogue.current, logger, prefix, now, newId: randomUUID },
})
const tickets = await startTickets({ pool, broker, logger, prefix, now, newId: randomUUID })
eventMetrics(app.metrics.registry, { projections: [...projections, tickets] })
const auditKeeper = startAuditKeeper({ pool, logger, days: config.AUDIT_RETENTION_DAYS })
const recordWatch = startRecordWatch({ pool, metrics: recordMetrics(app.metrics.registry), logger, now })
await runService(app, {
  host: config.HOST,
  port: config.PORT,
  onClose: async () => {
    intake.stop()
    waker.stop()
    following.stop()
    await Promise.all([
      catalogue.stop(),
      recordWatch.stop(),
      auditKeeper.stop(),
      sweeper.stop(),
      waitlist.stop(),
      tickets.stop(),
      room?.stop(),
      ...projections.map((projection) => projection.stop()),
    ])
    await broker.close()
    redis.destroy()
    await pool.end()
  },
})
