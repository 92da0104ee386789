import { getCACertificates, setDefaultCACertificates } from 'node:tls'

import { testServers, tlsFront } from '@medqueue/testing'
import test from 'ava'

import { connectRedis } from '../src/index.ts'
import { until } from './helpers/until.ts'

/** Certificates of two tests bear one name, so only the one of its own must be there. */
const PUBLIC = getCACertificates('default')

/** Collects what is logged of a Redis that is away. */
function listening() {
  const causes: unknown[] = []
  const warn = ({ err }: { err: unknown }) => void causes.push(err)
  return { causes, logger: { warn, info: () => undefined } as never }
}

test.serial('a Redis whose certificate nobody known has signed is not used', async (t) => {
  const { port } = await tlsFront(t, testServers().redisUrl, 'none')
  const { causes, logger } = listening()
  const redis = await connectRedis(`rediss://localhost:${port}`, logger)
  t.teardown(() => redis.destroy())

  await until(() => causes.length > 0)
  t.like(causes[0], { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  t.false(redis.isReady)
})

test.serial('a Redis with TLS is used when its certificate is trusted and for its name', async (t) => {
  const { port, cert } = await tlsFront(t, testServers().redisUrl, 'none')
  setDefaultCACertificates([...PUBLIC, cert])
  const redis = await connectRedis(`rediss://localhost:${port}`, listening().logger)
  t.teardown(() => redis.destroy())
  await until(() => redis.isReady)
  t.is(await redis.ping(), 'PONG')

  const { causes, logger } = listening()
  const other = await connectRedis(`rediss://127.0.0.1:${port}`, logger)
  t.teardown(() => other.destroy())
  await until(() => causes.length > 0)
  t.like(causes[0], { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
})
