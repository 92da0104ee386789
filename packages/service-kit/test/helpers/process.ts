/** A small service in a process of its own, for the tests of starting and stopping. */
import { buildService, createLogger, runService } from '../../src/index.ts'

const logger = createLogger({ service: 'example', level: 'info' })
const { PORT, DELAY } = process.env
const config = {
  HOST: '127.0.0.1',
  PORT: Number(PORT),
  LOG_LEVEL: 'info' as const,
  ISSUER: 'http://127.0.0.1:1',
  JWKS_URL: 'http://127.0.0.1:1/jwks',
  TOKEN_AUDIENCE: 'medqueue',
}
const app = await buildService({ name: 'example', version: '1.2.3', config, logger })
const open = { config: { permission: 'public' } } as const

app.get('/quick', open, () => ({}))
app.get('/slow', open, async (request) => {
  request.log.info('slow request has begun')
  await new Promise((resolve) => setTimeout(resolve, 500))
  return {}
})
app.get('/crash', open, (_request, reply) => {
  setImmediate(() => {
    throw new Error('nobody caught this')
  })
  return reply.send({})
})

try {
  await runService(app, {
    host: config.HOST,
    port: config.PORT,
    shutdownDelayMs: Number(DELAY),
    onClose: async () => logger.info('connections are closed'),
  })
} catch (error) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  logger.fatal({ code }, 'cannot start')
  process.exitCode = 1
}
