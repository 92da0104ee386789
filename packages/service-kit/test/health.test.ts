import { setImmediate } from 'node:timers/promises'

import { Problem } from '@medqueue/contracts'
import test from 'ava'
import { Counter } from 'prom-client'
import { Type } from 'typebox'

import { defineErrors, type Service } from '../src/index.ts'
import { world } from './helpers/world.ts'

test('is alive and ready when every check passes', async (t) => {
  const { app } = await world(t, undefined, { readiness: { database: async () => undefined } })

  t.is((await app.inject('/livez')).statusCode, 200)
  t.is((await app.inject('/readyz')).statusCode, 200)
})

test('names the checks that fail, and stays alive', async (t) => {
  const fails = async () => Promise.reject(new Error('password authentication failed for user ana'))
  const throws = () => {
    throw new Error('at once')
  }
  const { app } = await world(t, undefined, {
    readiness: { database: fails, broker: async () => undefined, redis: throws },
  })

  const answer = await app.inject('/readyz')

  t.is(answer.statusCode, 503)
  t.is(answer.headers['content-type'], 'application/problem+json')
  t.like(answer.json(), { code: 'UNAVAILABLE', failing: ['database', 'redis'] })
  t.false(answer.payload.includes('ana'))
  t.is((await app.inject('/livez')).statusCode, 200)
})

test('who was ready stays in place when what all replicas share is gone, and names it', async (t) => {
  let reachable = true
  const { app } = await world(t, undefined, {
    readiness: { database: async () => (reachable ? undefined : Promise.reject(new Error('gone'))) },
  })
  t.is((await app.inject('/readyz')).statusCode, 200)

  reachable = false
  let answer = await app.inject('/readyz')
  // A round of checks is shared for a moment.
  while (answer.json<{ status: unknown }>().status === 'ok') {
    await setImmediate()
    answer = await app.inject('/readyz')
  }

  t.is(answer.statusCode, 200)
  t.deepEqual(answer.json(), { status: 'degraded', failing: ['database'] })
  app.lifecycle.draining = true
  t.like((await app.inject('/readyz')).json(), { status: 503, failing: ['draining'] })
})

test('a check that hangs counts as failed', async (t) => {
  const { app } = await world(t, undefined, {
    readiness: { broker: async () => new Promise(() => undefined) },
  })

  t.like((await app.inject('/readyz')).json(), { failing: ['broker'] })
})

test('probes that come together share one round of checks', async (t) => {
  let rounds = 0
  const { app } = await world(t, undefined, {
    readiness: {
      database: async () => {
        rounds += 1
      },
    },
  })

  await Promise.all(Array.from({ length: 50 }, async () => app.inject('/readyz')))

  t.is(rounds, 1)
})

test('is not ready while draining, but answers', async (t) => {
  const { app } = await world(t, (service) => {
    service.get('/any', { config: { permission: 'public' } }, () => ({}))
  })
  app.lifecycle.draining = true

  t.like((await app.inject('/readyz')).json(), { status: 503, failing: ['draining'] })
  t.is((await app.inject('/any')).statusCode, 200)
})

const routes = (app: Service) => {
  app.get('/things/:id', { config: { permission: 'public' } }, () => ({}))
  app.post('/things', { config: { permission: 'appointment:book' } }, () => ({}))
}

test('counts requests by route and status, not by path', async (t) => {
  const { app } = await world(t, routes)
  for (const url of ['/things/1', '/things/2', '/nothing/3']) await app.inject(url)
  await app.inject({ method: 'POST', url: '/things' })

  const { payload, headers } = await app.inject('/metrics')

  t.regex(String(headers['content-type']), /^text\/plain/)
  const counts = payload.split('\n').filter((line) => line.startsWith('http_request_duration_seconds_count'))
  const find = (...labels: string[]) => counts.find((line) => labels.every((label) => line.includes(label)))
  t.regex(find('route="/things/:id"', 'method="GET"', 'status="200"') ?? '', / 2$/)
  t.regex(find('route="/things"', 'status="401"') ?? '', / 1$/)
  t.regex(find('route="unmatched"', 'status="404"') ?? '', / 1$/)
  t.false(payload.includes('/nothing/3'))
})

test('a route of several methods is counted by method', async (t) => {
  const { app } = await world(t, (service) => {
    const config = { permission: 'public' } as const
    service.route({ method: ['PUT', 'DELETE'], url: '/both', config, handler: () => ({}) })
  })
  await app.inject({ method: 'PUT', url: '/both' })

  const { payload } = await app.inject('/metrics')

  t.regex(payload, /http_request_duration_seconds_count\{method="PUT",route="\/both",status="200",.*\} 1/)
  t.false(payload.includes('PUT,DELETE'))
})

test('a histogram is cumulative and ends with everything', async (t) => {
  const { app } = await world(t, routes)
  for (let i = 0; i < 10; i++) await app.inject('/things/1')

  const { payload } = await app.inject('/metrics')

  const buckets = payload
    .split('\n')
    .filter(
      (line) =>
        line.startsWith('http_request_duration_seconds_bucket') && line.includes('route="/things/:id"'),
    )
    .map((line) => Number(line.split(' ').at(-1)))
  t.is(buckets.length, 14)
  t.is(buckets.at(-1), 10)
  t.deepEqual(
    buckets,
    buckets.toSorted((a, b) => a - b),
  )
})

test('has metrics of the process and takes those of the service', async (t) => {
  const { app } = await world(t)
  const counter = new Counter({ name: 'bookings_total', help: 'Bookings', registers: [app.metrics.registry] })
  counter.inc(3)

  const { payload } = await app.inject('/metrics')

  t.true(payload.includes('bookings_total{service="example"} 3'))
  for (const name of [
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_seconds',
    'nodejs_eventloop_utilization',
  ]) {
    t.true(payload.includes(name), name)
  }
})

test('describes the routes as OpenAPI 3.1', async (t) => {
  const Errors = defineErrors('EXAMPLE', {
    EXAMPLE_TAKEN: { status: 409, title: 'Taken.', hint: 'Choose another.' },
  })
  const body = Type.Object({ count: Type.Integer() })
  const { app } = await world(
    t,
    (service) => {
      service.post(
        '/things',
        { config: { permission: 'appointment:book' }, schema: { operationId: 'make', body } },
        () => ({}),
      )
      service.get('/open', { config: { permission: 'public' } }, () => ({}))
    },
    { errors: Errors },
  )

  const answer = await app.inject('/openapi.json')

  interface Operation {
    security?: unknown[]
    responses: Record<string, { content: object }>
    [key: string]: unknown
  }
  const document = answer.json<{ paths: Record<string, Record<string, Operation>>; [key: string]: unknown }>()
  t.like(document, {
    openapi: '3.1.0',
    info: { title: 'Medqueue example', version: '1.2.3' },
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    security: [{ bearer: [] }],
  })
  const make = document.paths['/things']?.post
  t.like(make, { operationId: 'make', 'x-permission': 'appointment:book' })
  t.deepEqual(Object.keys(make?.responses.default?.content ?? {}), ['application/problem+json'])
  t.like(document.paths['/open']?.get, { 'x-permission': 'public', security: [] })
  t.deepEqual(Object.keys(document.paths).sort(), ['/open', '/things'])
  const codes = (document['x-problems'] as { code: string }[]).map(({ code }) => code)
  t.true(codes.includes('EXAMPLE_TAKEN') && codes.includes('UNAUTHENTICATED'))
})

test('what has a default is described as what need not be sent', async (t) => {
  const integer = (more: { default?: number }) => Type.Integer(more)
  const schema = {
    querystring: Type.Object({ limit: integer({ default: 50 }), day: integer({}) }),
    body: Type.Object({ dryRun: Type.Boolean({ default: false }), count: integer({}) }),
  }
  const { app } = await world(t, (service) => {
    service.post('/things', { config: { permission: 'public' }, schema }, ({ query, body }) => ({
      query,
      body,
    }))
  })

  interface Operation {
    parameters: { name: string; required: boolean }[]
    requestBody: { content: Record<string, { schema: { required: string[] } }> }
  }
  const { paths } = (await app.inject('/openapi.json')).json<{ paths: Record<string, { post: Operation }> }>()
  const { parameters = [], requestBody } = paths['/things']?.post ?? {}
  t.deepEqual(
    parameters.filter(({ required }) => required).map(({ name }) => name),
    ['day'],
  )
  t.deepEqual(requestBody?.content['application/json']?.schema.required, ['count'])
  const answer = await app.inject({ method: 'POST', url: '/things?day=1', payload: { count: 2 } })
  t.deepEqual(answer.json(), { query: { limit: 50, day: 1 }, body: { dryRun: false, count: 2 } })
})

test('headers that handlers ask for themselves are described', async (t) => {
  const headers = Type.Object({ 'idempotency-key': Type.Optional(Type.String()) })
  const { app } = await world(t, (service) => {
    service.post('/things', { config: { permission: 'public' }, schema: { headers } }, () => ({}))
    service.put(
      '/things',
      { config: { permission: 'public' }, schema: { response: { 200: Type.Object({}), 428: Problem } } },
      () => ({}),
    )
  })

  interface Operation {
    parameters: object[]
  }
  const { paths } = (await app.inject('/openapi.json')).json<{
    paths: Record<string, Record<string, Operation>>
  }>()
  t.like(paths['/things']?.post?.parameters[0], { name: 'idempotency-key', in: 'header', required: true })
  t.like(paths['/things']?.put?.parameters[0], { name: 'if-match', in: 'header' })
  t.is(
    (await app.inject({ method: 'POST', url: '/things' })).statusCode,
    200,
    'the handler says what is missing',
  )
})
