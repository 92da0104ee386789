import { randomUUID } from 'node:crypto'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'

import { connectTestRedis, testServers } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'
import type { FastifyRequest } from 'fastify'
import { pino } from 'pino'
import type { RedisClientType } from 'redis'

import { connectRedis, type Service } from '../src/index.ts'
import { addressKey, RateLimiter } from '../src/rate-limit.ts'
import { bearer, world } from './helpers/world.ts'
import { until } from './helpers/until.ts'

const logger = pino({ level: 'silent' })
const START = 1_800_000_000_000

function clock(at = START) {
  let now = at
  return Object.assign(() => now, { advance: (ms: number) => (now += ms) })
}

const replica = (service: string, redis?: RedisClientType, time = clock()) => {
  // Folding by hand makes the moment of exchange the test's choice.
  return new RateLimiter({ service, logger, redis, foldMs: 60_000, clock: time })
}

const keys = test.macro((t, ip: string, key: string) => {
  t.is(addressKey(ip), key)
})

test('an IPv4 address', keys, '192.0.2.1', 'ip:192.0.2.1')
test('an IPv4 address written as IPv6', keys, '::ffff:192.0.2.1', 'ip:192.0.2.1')
test('an IPv6 network', keys, '2001:db8:1:2:3:4:5:6', 'ip:2001:db8:1:2::/64')
test('a short IPv6 address', keys, '2001:db8::1', 'ip:2001:db8:0:0::/64')
test('the loopback of IPv6', keys, '::1', 'ip:0:0:0:0::/64')

test('counts down and then refuses', (t) => {
  const limiter = replica('a')

  t.deepEqual(
    [limiter.take('x', 3), limiter.take('x', 3), limiter.take('x', 3), limiter.take('x', 3)],
    [2, 1, 0, -1],
  )
  t.is(limiter.take('y', 3), 2)
})

test('starts anew each minute and says when', (t) => {
  const time = clock()
  const limiter = replica('a', undefined, time)
  limiter.take('x', 1)
  t.is(limiter.secondsLeft(), 60)

  time.advance(59_500)
  t.is(limiter.take('x', 1), -1)
  t.is(limiter.secondsLeft(), 1)
  time.advance(500)

  t.is(limiter.take('x', 1), 0)
})

test('replicas share a limit', async (t) => {
  const redis = await connectTestRedis(t)
  const service = randomUUID()
  const [one, two] = [replica(service, redis), replica(service, redis)]
  for (let i = 0; i < 3; i++) one.take('x', 5)
  for (let i = 0; i < 2; i++) two.take('x', 5)

  await one.fold()
  await two.fold()
  t.is(two.take('x', 5), -1)
  t.is(one.take('x', 5), 1) // It knows its own three only.
  await one.fold()

  t.is(one.take('x', 5), -1)
  t.is(two.take('y', 5), 4)
})

test('what is kept in Redis ends by itself', async (t) => {
  const redis = await connectTestRedis(t)
  const service = randomUUID()
  const limiter = replica(service, redis)
  limiter.take('x', 5)
  await limiter.fold()

  const key = `{rate:${service}}:${START / 60_000}`
  t.deepEqual({ ...(await redis.hGetAll(key)) }, { x: '1' })
  const left = await redis.pTTL(key)
  t.true(left > 60_000 && left <= 120_000)
})

test('many callers are folded, each with its own count', async (t) => {
  const redis = await connectTestRedis(t)
  const service = randomUUID()
  const [one, two] = [replica(service, redis), replica(service, redis)]
  for (let i = 0; i < 2_500; i++) for (let n = 0; n <= i % 3; n++) one.take(`user ${i}`, 10)
  await one.fold()

  for (let i = 0; i < 2_500; i++) two.take(`user ${i}`, 10)
  await two.fold()

  t.is(two.take('user 0', 10), 7)
  t.is(two.take('user 2499', 10), 10 - 1 - (2_499 % 3) - 1 - 1)
})

test('without Redis it goes on alone, and gives what it counted when Redis is back', async (t) => {
  const tap = await tapToRedis(t)
  const service = randomUUID()
  const redis = await connectRedis(tap.url, logger)
  t.teardown(() => redis.destroy())
  await until(() => redis.isReady)
  const limiter = replica(service, redis)

  tap.close()
  await until(() => !redis.isReady)
  for (let i = 0; i < 3; i++) limiter.take('x', 5)
  await limiter.fold()
  t.is(limiter.take('x', 5), 1)

  tap.open()
  await until(() => redis.isReady)
  await limiter.fold()

  const other = replica(service, await connectTestRedis(t))
  other.take('x', 5)
  await other.fold()
  t.is(other.take('x', 5), -1)
})

test('a Redis that hangs keeps no request waiting and loses no count', async (t) => {
  const tap = await tapToRedis(t)
  const service = randomUUID()
  const redis = await connectRedis(tap.url, logger)
  t.teardown(() => redis.destroy())
  await until(() => redis.isReady)
  const limiter = replica(service, redis)

  tap.hold()
  limiter.take('x', 5)
  const folding = limiter.fold()
  t.is(limiter.take('x', 5), 3)
  await folding // It gives up by itself.

  t.is(limiter.take('x', 5), 2)
})

const routes = (app: Service) => {
  app.get('/any', { config: { permission: 'public' } }, () => ({}))
  app.post('/login', { config: { permission: 'public', rateLimit: { perMinute: 2 } } }, () => ({}))
  app.get('/free', { config: { permission: 'public', rateLimit: false } }, () => ({}))
}

test('tells each caller what is left, and then when to come back', async (t) => {
  const { app, as } = await world(t, routes, { config: { RATE_LIMIT_PER_MINUTE: 2 }, clock: () => START })
  const headers = as('patient')

  const first = await app.inject({ url: '/any', headers })
  await app.inject({ url: '/any', headers })
  const third = await app.inject({ url: '/any', headers })

  t.like(first.headers, { 'ratelimit-limit': '2', 'ratelimit-remaining': '1' })
  t.is(third.statusCode, 429)
  t.like(third.headers, {
    'ratelimit-limit': '2',
    'ratelimit-remaining': '0',
    'content-type': 'application/problem+json',
  })
  t.is(third.headers['retry-after'], String(third.headers['ratelimit-reset']))
  const seconds = Number(third.headers['retry-after'])
  t.is(seconds, 60)
  t.like(third.json(), { code: 'RATE_LIMITED' })
})

test('people behind one address have a limit each, those without a token share one', async (t) => {
  const { app, as } = await world(t, routes, { config: { RATE_LIMIT_PER_MINUTE: 1 }, clock: () => START })

  t.is((await app.inject({ url: '/any', headers: as('patient') })).statusCode, 200)
  t.is((await app.inject({ url: '/any', headers: as('patient') })).statusCode, 200)
  t.is((await app.inject('/any')).statusCode, 200)
  t.is((await app.inject('/any')).statusCode, 429)
  t.is((await app.inject({ url: '/any', remoteAddress: '192.0.2.7' })).statusCode, 200)
})

test('two tokens of one person share a limit', async (t) => {
  const { app, as } = await world(t, routes, { config: { RATE_LIMIT_PER_MINUTE: 1 }, clock: () => START })
  const sub = randomUUID()

  t.is((await app.inject({ url: '/any', headers: as('patient', sub) })).statusCode, 200)
  t.is((await app.inject({ url: '/any', headers: as('doctor', sub) })).statusCode, 429)
})

test('the forwarded address counts only behind a proxy that is trusted', async (t) => {
  const { app } = await world(t, routes, {
    config: { RATE_LIMIT_PER_MINUTE: 1, TRUST_PROXY: '192.0.2.1' },
    clock: () => START,
  })
  const from = async (remoteAddress: string, forwarded: string) => {
    return (await app.inject({ url: '/any', remoteAddress, headers: { 'x-forwarded-for': forwarded } }))
      .statusCode
  }

  t.is(await from('192.0.2.1', '198.51.100.1'), 200)
  t.is(await from('192.0.2.1', '198.51.100.2'), 200)
  t.is(await from('203.0.113.9', '198.51.100.3'), 200)
  t.is(await from('203.0.113.9', '198.51.100.4'), 429)
})

test('a route can have its own limit or none, and probes have none', async (t) => {
  const { app } = await world(t, routes, { config: { RATE_LIMIT_PER_MINUTE: 3 }, clock: () => START })
  const status = async (url: string, method: 'GET' | 'POST' = 'GET') =>
    (await app.inject({ url, method })).statusCode

  t.deepEqual(
    [await status('/login', 'POST'), await status('/login', 'POST'), await status('/login', 'POST')],
    [200, 200, 429],
  )
  for (const url of ['/free', '/livez', '/readyz', '/metrics']) {
    for (let i = 0; i < 5; i++) t.is(await status(url), 200)
  }
  t.deepEqual(
    [await status('/any'), await status('/any'), await status('/any'), await status('/any')],
    [200, 200, 200, 429],
  )
})

test('a route can count by what the request names', async (t) => {
  const key = ({ params }: FastifyRequest) => (params as { name: string }).name
  const keyed = (app: Service) => {
    app.get('/by/:name', { config: { permission: 'public', rateLimit: { perMinute: 1, key } } }, () => ({}))
  }
  const { app, as } = await world(t, keyed, { config: { RATE_LIMIT_PER_MINUTE: 100 }, clock: () => START })

  t.is((await app.inject('/by/one')).statusCode, 200)
  t.is((await app.inject({ url: '/by/one', remoteAddress: '192.0.2.7' })).statusCode, 429)
  t.is((await app.inject({ url: '/by/one', headers: as('patient') })).statusCode, 429)
  t.is((await app.inject('/by/two')).statusCode, 200)
})

test('bad tokens are limited by address, good ones from there are not', async (t) => {
  const { app, issuer, as } = await world(t, routes, {
    config: { RATE_LIMIT_PER_MINUTE: 2 },
    clock: () => START,
  })
  const forged = () => bearer(issuer.unsignedToken({ sub: randomUUID(), roles: ['admin'] }))
  const statuses: number[] = []
  for (let i = 0; i < 4; i++) statuses.push((await app.inject({ url: '/any', headers: forged() })).statusCode)

  t.deepEqual(statuses, [401, 401, 429, 429])
  t.is((await app.inject({ url: '/any', headers: as('patient') })).statusCode, 200)
})

test('a HEAD request counts once', async (t) => {
  const { app, as } = await world(t, routes, { config: { RATE_LIMIT_PER_MINUTE: 5 }, clock: () => START })

  const answer = await app.inject({ method: 'HEAD', url: '/any', headers: as('patient') })

  t.is(answer.headers['ratelimit-remaining'], '4')
})

test('zero turns it off', async (t) => {
  const { app } = await world(t, routes, { config: { RATE_LIMIT_PER_MINUTE: 0 }, clock: () => START })

  for (let i = 0; i < 5; i++) {
    const answer = await app.inject({ method: 'POST', url: '/login' })
    t.is(answer.statusCode, 200)
    t.is(answer.headers['ratelimit-limit'], undefined)
  }
})

/** A way to the real Redis that can be cut, or made to hang. */
async function tapToRedis(t: ExecutionContext) {
  const target = new URL(testServers().redisUrl)
  const sockets = new Set<Socket>()
  let closed = false
  const server = createServer((inner) => {
    if (closed) return void inner.destroy()
    const outer = connect(Number(target.port), target.hostname)
    for (const socket of [inner, outer]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    }
    inner.pipe(outer).pipe(inner)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  t.teardown(() => {
    cut()
    server.close()
  })
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      closed = true
      cut()
    },
    open: () => (closed = false),
    hold: () => {
      for (const socket of sockets) socket.unpipe().pause()
    },
  }
}
