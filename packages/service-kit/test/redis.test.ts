import { connect } from 'node:net'

import { testServers } from '@medqueue/testing'
import test from 'ava'
import { pino } from 'pino'

import { connectRedis } from '../src/index.ts'
import { freePort } from './helpers/free-port.ts'
import { until } from './helpers/until.ts'

test('connects', async (t) => {
  const redis = await connectRedis(testServers().redisUrl, pino({ level: 'silent' }))
  t.teardown(() => redis.destroy())

  await until(() => redis.isReady) // On a busy machine that may be after the first second.
  t.is(await redis.ping(), 'PONG')
})

test('does not throw nor wait long when Redis is down, says so once, and fails commands at once', async (t) => {
  const port = await freePort()
  await t.throwsAsync(
    new Promise((resolve, reject) => connect(port, '127.0.0.1').on('connect', resolve).on('error', reject)),
    { code: 'ECONNREFUSED' },
  )
  const warnings: string[] = []
  const logger = {
    warn: (_fields: unknown, text?: string) => void warnings.push(text ?? ''),
    info: () => undefined,
  }
  const begin = performance.now()

  const redis = await connectRedis(`redis://127.0.0.1:${port}`, logger as never)
  t.teardown(() => redis.destroy())

  t.true(performance.now() - begin < 5_000)
  t.false(redis.isReady)
  t.deepEqual(warnings, ['redis is away'])
  await t.throwsAsync(redis.ping())
})
