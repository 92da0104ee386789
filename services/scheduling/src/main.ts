import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'

import { namesOf, streamsOf } from '@medqueue/contracts'
import { createPool, migrate } from '@medqueue/database'
import { connectBroker, ensureStream, startOutboxRelay, startProjection } from '@medqueue/messaging'
import {
  connectRedis,
  createLogger,
  eventMetrics,
  loadConfig,
  poolMetrics,
  runService,
  secretUrl,
} from '@medqueue/service-kit'

import { buildApp } from './app.ts'
import { startCalendars } from './calendars/start.ts'
import { SchedulingConfig } from './config.ts'
import type { Core } from './core.ts'
import { APPOINTMENT_SUBJECTS, GATHER_MS, takeAppointmentEvents } from './events/appointments.ts'
import { DIRECTORY_SUBJECTS, takeDirectoryEvent } from './events/directory.ts'
import { startHorizonJob } from './operations/roll-horizon.ts'

const config = loadConfig(SchedulingConfig)
const logger = createLogger({ service: 'scheduling', version: '0.1.0', level: config.LOG_LEVEL })

if (config.MIGRATION_DATABASE_URL !== undefined) {
  const directory = fileURLToPath(new URL('../migrations', import.meta.url))
  await migrate({ url: config.MIGRATION_DATABASE_URL, directory })
}

const prefix = config.SUBJECT_PREFIX
const pool = createPool({
  url: secretUrl(config.DATABASE_URL, config.DATABASE_URL_FILE),
  max: config.DATABASE_POOL_MAX,
  name: 'scheduling',
})
const broker = await connectBroker({
  logger,
  url: secretUrl(config.NATS_URL, config.NATS_URL_FILE),
  monitorUrl: config.NATS_MONITOR_URL,
  name: 'scheduling',
})
const redis = await connectRedis(secretUrl(config.REDIS_URL, config.REDIS_URL_FILE), logger)

const streams = streamsOf(prefix, config.STREAM_REPLICAS)
const { scheduleEvents, directoryEvents, appointmentEvents, deadLetters } = streams
for (const stream of [scheduleEvents, directoryEvents, appointmentEvents, deadLetters]) {
  await ensureStream(broker.jsm, stream, logger)
}

const core: Core = { pool, horizonDays: config.HORIZON_DAYS, now: Date.now, newId: randomUUID }
const relay = startOutboxRelay({ pool, broker, logger, prefix })
const projections = await Promise.all([
  startProjection({
    broker,
    pool,
    stream: directoryEvents.name,
    durable: 'scheduling',
    subjects: DIRECTORY_SUBJECTS.map(namesOf(prefix).subject),
    handle: takeDirectoryEvent(core),
    logger,
    prefix,
  }),
  startProjection({
    broker,
    pool,
    stream: appointmentEvents.name,
    durable: 'scheduling-appointments',
    subjects: APPOINTMENT_SUBJECTS.map(namesOf(prefix).subject),
    handle: { together: takeAppointmentEvents },
    gatherMs: GATHER_MS,
    logger,
    prefix,
  }),
])
const calendars = await startCalendars({ core, broker, logger, prefix })
const horizon = startHorizonJob(core, logger)

const app = await buildApp(config, { core, redis, logger })
eventMetrics(app.metrics.registry, { projections: [...projections, ...calendars.projections], relay })
poolMetrics(app.metrics.registry, pool)
await runService(app, {
  host: config.HOST,
  port: config.PORT,
  onClose: async () => {
    await Promise.all([
      horizon.stop(),
      calendars.stop(),
      relay.stop(),
      ...projections.map(async ({ stop }) => stop()),
    ])
    redis.destroy()
    await broker.close()
    await pool.end()
  },
})
