import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import { streamsOf } from '@medqueue/contracts'
import { createPool, migrate } from '@medqueue/database'
import { connectBroker, ensureStream, startOutboxRelay } from '@medqueue/messaging'
import {
  connectRedis,
  createLogger,
  eventMetrics,
  poolMetrics,
  runService,
  secretUrl,
} from '@medqueue/service-kit'

import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { startCleanup } from './events/cleanup.ts'

const config = readConfig()
const logger = createLogger({ service: 'identity', version: '0.1.0', level: config.LOG_LEVEL })
const now = () => new Date()

if (config.MIGRATION_DATABASE_URL !== undefined) {
  const directory = join(import.meta.dirname, '../migrations')
  const applied = await migrate({ url: config.MIGRATION_DATABASE_URL, directory })
  logger.info({ applied }, 'database is up to date')
}

const broker = await connectBroker({
  logger,
  url: secretUrl(config.NATS_URL, config.NATS_URL_FILE),
  monitorUrl: config.NATS_MONITOR_URL,
  name: 'identity',
})
const prefix = config.SUBJECT_PREFIX
await ensureStream(broker.jsm, streamsOf(prefix, config.STREAM_REPLICAS).identityEvents, logger)

const pool = createPool({
  url: secretUrl(config.DATABASE_URL, config.DATABASE_URL_FILE),
  max: config.DATABASE_POOL_MAX,
  name: 'identity',
})
const redis =
  config.REDIS_URL === undefined
    ? undefined
    : await connectRedis(secretUrl(config.REDIS_URL, config.REDIS_URL_FILE), logger)
const { app } = await buildApp(config, { pool, now, newId: randomUUID, redis, logger })
const relay = startOutboxRelay({ pool, broker, logger, prefix })
const stopCleanup = startCleanup({ pool, now }, logger)

eventMetrics(app.metrics.registry, { relay })
poolMetrics(app.metrics.registry, pool)
await runService(app, {
  host: config.HOST,
  port: config.PORT,
  onClose: async () => {
    await stopCleanup()
    await relay.stop()
    await broker.close()
    redis?.destroy()
    await pool.end()
  },
})
