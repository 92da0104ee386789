import test from 'ava'

import { json } from '../helpers/upstream.ts'
import { createWorld, until, type World } from '../helpers/world.ts'

const SHORT = { BREAKER_HALF_OPEN_AFTER_MS: '100', PROBE_INTERVAL_MS: '50' }

async function ask({ url }: World, path = '/v1/doctors', init: RequestInit = {}) {
  const answer = await fetch(`${url}${path}`, init)
  const body = (await answer.json()) as { code?: string; from?: string }
  return {
    status: answer.status,
    code: body.code,
    from: body.from,
    retryAfter: answer.headers.get('retry-after'),
  }
}

test('a dead service is answered for with 503 and Retry-After, and the others are not affected', async (t) => {
  const world = await createWorld(t)
  await world.upstreams.directory.kill()

  const refused = await Promise.all(Array.from({ length: 20 }, async () => ask(world)))
  const other = await Promise.all(Array.from({ length: 20 }, async () => ask(world, '/v1/users')))

  for (const { status, code, retryAfter } of refused) {
    t.deepEqual({ status, code }, { status: 503, code: 'GATEWAY_UPSTREAM_DOWN' })
    t.true(Number(retryAfter) >= 1 && Number(retryAfter) <= 5)
  }
  t.true(other.every(({ status, from }) => status === 200 && from === 'identity'))
})

test('a service that is back is used again after a probe, without a client having tried', async (t) => {
  const world = await createWorld(t, { env: SHORT })
  await world.upstreams.directory.kill()
  await until(async () => (await openness(world, 'directory')) === 1)
  t.is((await ask(world)).status, 503)

  await world.upstreams.directory.revive()
  await until(async () => (await openness(world, 'directory')) === 0)

  t.is((await ask(world)).status, 200)
  t.is(world.upstreams.directory.received.length, 1)
})

test('a service that comes back for one probe only is closed off again', async (t) => {
  const world = await createWorld(t, { env: SHORT })
  const { directory } = world.upstreams
  for (let round = 0; round < 3; round++) {
    await directory.kill()
    await until(async () => (await openness(world, 'directory')) === 1)
    t.is((await ask(world)).status, 503)
    await directory.revive()
    await until(async () => (await openness(world, 'directory')) === 0)
    t.is((await ask(world)).status, 200)
  }
})

test('a frozen service, which takes connections and never answers, is closed off by probes alone', async (t) => {
  const world = await createWorld(t)
  world.upstreams.directory.freeze()

  const milliseconds = await until(async () => (await openness(world, 'directory')) === 1)
  const { status, code } = await ask(world)

  t.deepEqual({ status, code }, { status: 503, code: 'GATEWAY_UPSTREAM_DOWN' })
  t.log(`closed off after ${Math.round(milliseconds)} ms`)
})

test('while a frozen service is closed off only probes find out whether it is back', async (t) => {
  const world = await createWorld(t, { env: SHORT })
  const { directory } = world.upstreams
  directory.freeze()
  await until(async () => (await openness(world, 'directory')) > 0)
  const states = new Set<number>()

  // Through several rounds of open and half open.
  while (states.size < 2) {
    states.add(await openness(world, 'directory'))
    t.is((await ask(world)).status, 503)
  }

  t.deepEqual([...states].sort(), [0.5, 1])
  t.is(directory.received.length, 0)
})

test('a slow answer is given up with 504, and one slow route does not close off the service', async (t) => {
  const world = await createWorld(t, { env: { UPSTREAM_TIMEOUT_MS: '1000' } })
  world.upstreams.directory.answer((request, response) => {
    if (request.url?.includes('slow') !== true) json(response, 200, { from: 'directory' })
  })

  for (let round = 0; round < 4; round++) {
    const [slow, quick] = [await ask(world, '/v1/doctors/slow'), await ask(world)]
    t.deepEqual([slow.status, slow.code], [504, 'GATEWAY_UPSTREAM_LATE'])
    t.is(quick.status, 200)
  }
})

test('errors that a service answers itself are passed on and open nothing', async (t) => {
  const world = await createWorld(t)
  world.upstreams.directory.answer((_request, response) => {
    json(response, 503, { code: 'UNAVAILABLE' }, { 'retry-after': '7' })
  })

  for (let round = 0; round < 10; round++) {
    t.like(await ask(world), { status: 503, code: 'UNAVAILABLE', retryAfter: '7' })
  }
  t.is(await openness(world, 'directory'), 0)
})

test('clients that go away open nothing', async (t) => {
  const world = await createWorld(t)
  world.upstreams.directory.answer(() => undefined)

  for (let round = 0; round < 10; round++) {
    await t.throwsAsync(fetch(`${world.url}/v1/doctors`, { signal: AbortSignal.timeout(20) }))
  }

  t.is(await openness(world, 'directory'), 0)
})

/** State of the first replica's breaker as the metrics tell it. */
async function openness({ url }: World, service: string): Promise<number> {
  const figures = await (await fetch(`${url}/metrics`)).text()
  const line = new RegExp(`^gateway_breaker_openness{service="${service}",replica="0".*} (\\S+)$`, 'm').exec(
    figures,
  )
  return Number(line?.[1])
}
