import type { ExecutionContext } from 'ava'
import test from 'ava'

import { json, startUpstream } from '../helpers/upstream.ts'
import { createWorld, until } from '../helpers/world.ts'

async function twoReplicas(t: ExecutionContext, env: Record<string, string> = {}) {
  const [one, two] = [await startUpstream(t, 'one'), await startUpstream(t, 'two')]
  const world = await createWorld(t, { env: { UPSTREAM_BOOKING: `${one.url}, ${two.url}`, ...env } })
  const ask = async (init: RequestInit = {}) => {
    const answer = await fetch(`${world.url}/v1/appointments`, init)
    return { status: answer.status, ...((await answer.json()) as { from?: string; code?: string }) }
  }
  return { ...world, one, two, ask }
}

const withKey = { method: 'POST', headers: { 'idempotency-key': 'k' }, body: '{}' }

test('requests are spread over the replicas in turn', async (t) => {
  const { one, two, ask } = await twoReplicas(t)

  await Promise.all(Array.from({ length: 20 }, async () => ask()))

  t.deepEqual([one.received.length, two.received.length], [10, 10])
})

test('while one replica is dead no read fails', async (t) => {
  const { one, ask } = await twoReplicas(t)
  await one.kill()

  const answers = await Promise.all(Array.from({ length: 50 }, async () => ask()))

  t.true(answers.every(({ status, from }) => status === 200 && from === 'two'))
})

test('a booking that could not be sent to a dead replica is sent to the other one', async (t) => {
  const { one, two, ask } = await twoReplicas(t)
  await one.kill()

  const answers = await Promise.all(Array.from({ length: 20 }, async () => ask(withKey)))

  t.true(answers.every(({ status, from }) => status === 200 && from === 'two'))
  t.true(two.received.every(({ body }) => body === '{}'))
})

test('a write without an idempotency key is never sent twice', async (t) => {
  const { one, two, ask } = await twoReplicas(t, { BREAKER_FAILURES: '100', PROBE_INTERVAL_MS: '60000' })
  await one.kill()

  const answers = await Promise.all(
    Array.from({ length: 10 }, async () => ask({ method: 'POST', body: '{}' })),
  )

  t.is(answers.filter(({ status }) => status === 200).length, two.received.length)
  t.is(answers.filter(({ code }) => code === 'GATEWAY_UPSTREAM_DOWN').length, 10 - two.received.length)
  t.is(two.received.length, 5)
})

test('a write whose connection broke is not sent again, key or not: it may have been taken', async (t) => {
  const { one, two, ask } = await twoReplicas(t)
  for (const upstream of [one, two]) upstream.answer((request) => request.socket.destroy())

  const { status, code } = await ask(withKey)

  t.deepEqual([status, code], [503, 'GATEWAY_UPSTREAM_LOST'])
  t.is(one.received.length + two.received.length, 1)
})

test('a read whose connection broke is tried once more, elsewhere', async (t) => {
  const { one, two, ask } = await twoReplicas(t)
  one.answer((request) => request.socket.destroy())

  const answers = [await ask(), await ask()]

  t.true(answers.every(({ status, from }) => status === 200 && from === 'two'))
  t.is(one.received.length, 1)
  t.is(two.received.length, 2)
})

test('a replica that says it is stopping gets no new requests while another one is ready', async (t) => {
  const { one, two, ask } = await twoReplicas(t, { PROBE_INTERVAL_MS: '30' })
  const [probes] = one.server.listeners('request') as ((...args: unknown[]) => void)[]
  one.server.removeAllListeners('request')
  one.server.on('request', (request, response) => {
    if (request.url === '/readyz') json(response, 503, { code: 'UNAVAILABLE' })
    else probes?.(request, response)
  })
  await until(async () => (await Promise.all([ask(), ask()])).every(({ from }) => from === 'two'))
  const before = one.received.length

  await Promise.all(Array.from({ length: 10 }, async () => ask()))
  t.is(one.received.length, before)

  await two.kill()
  await until(async () => (await ask()).from === 'one')
  t.pass('and it is better than nobody')
})

test('with every replica dead the answer is 503', async (t) => {
  const { one, two, ask } = await twoReplicas(t)
  await Promise.all([one.kill(), two.kill()])

  const answers = await Promise.all(Array.from({ length: 10 }, async () => ask(withKey)))

  t.true(answers.every(({ status, code }) => status === 503 && code === 'GATEWAY_UPSTREAM_DOWN'))
})
