import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import test, { type ExecutionContext } from 'ava'
import { pino } from 'pino'

import { KeySet } from '../src/key-set.ts'
import { until } from './helpers/until.ts'

const logger = pino({ level: 'silent' })
const COOLDOWN = 200

/** An issuer that lists the keys it is told to, or is out of order. */
async function issuer(t: ExecutionContext, { maxWaiting }: { maxWaiting?: number } = {}) {
  const state = { kids: ['first'], broken: false, asked: 0 }
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
  const server = createServer((_request, response) => {
    state.asked += 1
    response.statusCode = state.broken ? 500 : 200
    response.end(JSON.stringify({ keys: state.kids.map((kid) => ({ ...jwk, kid })) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let changes = 0
  const keys = new KeySet<string>({
    url,
    logger,
    prepare: (_pem, kid) => kid,
    onChange: () => (changes += 1),
    cooldownMs: COOLDOWN,
    refreshMs: 50,
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
  })
  t.teardown(() => {
    keys.stop()
    server.closeAllConnections()
    server.close()
  })
  return { state, keys, changes: () => changes }
}

test('one unknown key after the other asks the issuer no more than once in each cool-down', async (t) => {
  const { state, keys } = await issuer(t)
  const begin = performance.now()

  for (let i = 0; i < 4; i++) t.is(await keys.find(`unknown ${i}`), undefined)

  const elapsed = performance.now() - begin
  t.true(state.asked - 1 <= elapsed / (COOLDOWN - 1), `${state.asked} times in ${elapsed} ms`)
})

test('when too many wait for a key, those behind are told to come back, not that their token is wrong', async (t) => {
  const { keys } = await issuer(t, { maxWaiting: 1 })

  const first = keys.find('first')
  const error = await t.throwsAsync(keys.find('first'))
  t.like(error, { code: 'UNAVAILABLE', statusCode: 503 })

  t.is(await first, 'first')
})

test('a key that appears within the cool-down is found, not refused', async (t) => {
  const { state, keys } = await issuer(t)
  await keys.refresh()

  state.kids = ['first', 'second']

  t.is(await keys.find('second'), 'second')
})

test('those who look at the same time share one fetch', async (t) => {
  const { state, keys } = await issuer(t)

  await Promise.all(Array.from({ length: 50 }, async () => keys.find('first')))

  t.is(state.asked, 1)
})

test('new keys come and old ones go in the background', async (t) => {
  const { state, keys, changes } = await issuer(t)
  keys.start()
  await until(() => keys.get('first') !== undefined)

  state.kids = ['second']
  await until(() => keys.get('second') !== undefined)

  t.is(keys.get('first'), undefined)
  t.is(changes(), 2)
})

test('a failure keeps the keys and is tried again', async (t) => {
  const { state, keys, changes } = await issuer(t)
  await keys.refresh()

  state.broken = true
  await keys.refresh()
  t.is(keys.get('first'), 'first')
  t.true(keys.blind)

  state.broken = false
  keys.start()
  await until(() => !keys.blind)
  t.is(keys.get('first'), 'first')
  t.is(changes(), 1)
})

test('a list without a usable key keeps the keys', async (t) => {
  const { state, keys } = await issuer(t)
  await keys.refresh()

  state.kids = []
  await keys.refresh()

  t.is(keys.get('first'), 'first')
})

test('after its stop it asks no more', async (t) => {
  const { state, keys } = await issuer(t)
  keys.start()
  await until(() => state.asked >= 2)

  keys.stop()
  await keys.refresh()
  const asked = state.asked
  await keys.refresh()

  t.is(state.asked, asked)
})
