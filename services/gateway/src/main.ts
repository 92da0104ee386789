import { connectRedis, createLogger, runService, secretUrl } from '@medqueue/service-kit'

import { buildApp, NAME, VERSION } from './app.ts'
import { readConfig } from './config.ts'

const config = readConfig(process.env)
const logger = createLogger({ service: NAME, version: VERSION, level: config.LOG_LEVEL })
const redis =
  config.REDIS_URL === undefined
    ? undefined
    : await connectRedis(secretUrl(config.REDIS_URL, config.REDIS_URL_FILE), logger)
const app = await buildApp(config, { redis, logger })

await runService(app, {
  host: config.HOST,
  port: config.PORT,
  shutdownDelayMs: config.SHUTDOWN_DELAY_MS,
  onClose: async () => redis?.destroy(),
})
