import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

import { namesOf, streamsOf } from '@medqueue/contracts'
import { createPool, migrate } from '@medqueue/database'
import { connectBroker, ensureStream, startOutboxRelay, startProjection } from '@medqueue/messaging'
import {
  connectRedis,
  createLogger,
  eventMetrics,
  poolMetrics,
  runService,
  secretUrl,
} from '@medqueue/service-kit'

import { buildApp, NAME, VERSION } from './app.ts'
import { readConfig } from './config.ts'
import { projectUser, USERS_CONSUMER, USERS_SUBJECT } from './events/project-users.ts'

const config = readConfig(process.env)
const logger = createLogger({ service: NAME, version: VERSION, level: config.LOG_LEVEL })
const world = { newId: randomUUID, now: () => new Date() }

if (config.MIGRATION_DATABASE_URL !== undefined) {
  await migrate({ url: config.MIGRATION_DATABASE_URL, directory: join(import.meta.dirname, '../migrations') })
}
const pool = createPool({
  url: secretUrl(config.DATABASE_URL, config.DATABASE_URL_FILE),
  max: config.DATABASE_POOL_MAX,
  name: NAME,
})
const broker = await connectBroker({
  logger,
  url: secretUrl(config.NATS_URL, config.NATS_URL_FILE),
  monitorUrl: config.NATS_MONITOR_URL,
  name: NAME,
})
const redis = await connectRedis(secretUrl(config.REDIS_URL, config.REDIS_URL_FILE), logger)

const prefix = config.SUBJECT_PREFIX
const names = namesOf(prefix)
const streams = streamsOf(prefix, config.STREAM_REPLICAS)
for (const stream of [streams.directoryEvents, streams.identityEvents, streams.deadLetters]) {
  await ensureStream(broker.jsm, stream, logger)
}

const relay = startOutboxRelay({ pool, broker, logger, prefix })
const users = await startProjection({
  broker,
  pool,
  stream: names.streams.identityEvents,
  durable: USERS_CONSUMER,
  subjects: [names.subject(USERS_SUBJECT)],
  handle: async (client, event) => projectUser(client, event, world),
  logger,
  prefix,
})

const app = await buildApp(config, {
  pool,
  ...world,
  redis,
  logger,
  readiness: {
    // Without the broker the directory goes on: events wait in the outbox.
    database: async () => {
      await pool.query('SELECT 1')
    },
  },
})

eventMetrics(app.metrics.registry, { projections: [users], relay })
poolMetrics(app.metrics.registry, pool)
await runService(app, {
  host: config.HOST,
  port: config.PORT,
  onClose: async () => {
    await users.stop()
    await relay.stop()
    await broker.close()
    redis.destroy()
    await pool.end()
  },
})
