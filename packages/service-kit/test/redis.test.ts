import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, startRedis } from '@medqueue/servers'
import { testServers } from '@medqueue/testing'
import test from 'ava'
import { pino } from 'pino'

import { connectRedis } from '../src/index.ts'
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
  const redis = await connectRedis(`redis://127.0.0.1:${port}`, logger as never)
  t.teardown(() => redis.destroy())

  t.false(redis.isReady)
  t.deepEqual(warnings, ['redis is away'])
  await t.throwsAsync(redis.ping())
})

test('a password that is changed is used by the next connection, also when the server had it first', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'medqueue-redis-'))
  const port = await freePort()
  const server = await startRedis({ dataDir, port })
  t.teardown(async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  })
  const logger = pino({ level: 'silent' })
  const admin = await connectRedis(`redis://127.0.0.1:${port}`, logger)
  t.teardown(() => admin.destroy())
  await until(() => admin.isReady)
  await admin.configSet('requirepass', 'fir%st')
  let url = `redis://:${encodeURIComponent('fir%st')}@127.0.0.1:${port}`
  const redis = await connectRedis(() => url, logger)
  t.teardown(() => redis.destroy())
  await until(() => redis.isReady)
  const id = await redis.clientId()

  await admin.configSet('requirepass', 'second')
  t.is(await redis.ping(), 'PONG') // Who is in stays in.
  const refused = new Promise((resolve) => redis.once('error', resolve))
  await admin.sendCommand(['CLIENT', 'KILL', 'ID', String(id)])
  await refused
  t.false(redis.isReady)
  url = `redis://:second@127.0.0.1:${port}`

  await until(() => redis.isReady)
  t.is(await redis.ping(), 'PONG')
})
