import { streamsOf } from '@medqueue/contracts'
import { connectBroker, ensureStream } from '@medqueue/messaging'
import { connectRedis, createLogger, runService, secretUrl } from '@medqueue/service-kit'

import { buildApp, NAME, VERSION } from './app.ts'
import { readConfig } from './config.ts'

const config = readConfig(process.env)
const logger = createLogger({ service: NAME, version: VERSION, level: config.LOG_LEVEL })
const broker = await connectBroker({
  logger,
  url: secretUrl(config.NATS_URL, config.NATS_URL_FILE),
  monitorUrl: config.NATS_MONITOR_URL,
  name: NAME,
})
const { appointmentEvents, directoryEvents } = streamsOf(config.SUBJECT_PREFIX, config.STREAM_REPLICAS)
for (const stream of [appointmentEvents, directoryEvents]) await ensureStream(broker.jsm, stream, logger)
const redis = await connectRedis(secretUrl(config.REDIS_URL, config.REDIS_URL_FILE), logger)
const app = await buildApp(config, { broker, redis, now: () => new Date(), logger })

await runService(app, {
  host: config.HOST,
  port: config.PORT,
  onClose: async () => {
    redis.destroy()
    await broker.close()
  },
})
