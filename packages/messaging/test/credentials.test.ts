import test, { type ExecutionContext } from 'ava'

import { connectBroker } from '../src/index.ts'
import { authenticatorOf, loginOf } from '../src/credentials.ts'
import { ownBroker } from './helpers/own-broker.ts'

test('an address without a name is left as it is', (t) => {
  t.deepEqual(loginOf('nats://broker:4222'), { servers: 'nats://broker:4222' })
})

test('user and password are taken out of the address', (t) => {
  t.deepEqual(loginOf('tls://anna:p%40ss%2Fword@broker:4222'), {
    servers: 'tls://broker:4222',
    user: 'anna',
    pass: 'p@ss/word',
  })
})

test('a name alone is a token', (t) => {
  t.deepEqual(loginOf('nats://s3cret@broker:4222'), { servers: 'nats://broker:4222', token: 's3cret' })
})

test('a log-in that cannot be read leaves the last one that could', (t) => {
  let url = 'nats://anna:first@broker:4222'
  const login = authenticatorOf(() => url)
  url = 'nats://anna:50%off@broker:4222'

  t.deepEqual(login(), { user: 'anna', pass: 'first' })
})

interface Guarded {
  port: number
  monitorUrl: string
  /** Changes the password, and sends away who came with the old one. */
  change: (password: string) => Promise<void>
}

async function guardedBroker(t: ExecutionContext): Promise<Guarded> {
  const guard = (password: string) => [`authorization { user: booking, password: "${password}" }`]
  const { port, monitorPort, reload } = await ownBroker(t, { lines: () => guard('p@ss') })
  return {
    port,
    monitorUrl: `http://127.0.0.1:${monitorPort}`,
    change: async (password) => reload(guard(password)),
  }
}

test('a broker that asks for a password lets in who knows it, and nobody else', async (t) => {
  const { port, monitorUrl } = await guardedBroker(t)

  const broker = await connectBroker({
    url: `nats://booking:p%40ss@127.0.0.1:${port}`,
    monitorUrl,
    name: 'test',
  })
  t.teardown(async () => broker.close())
  t.true(broker.connected())

  const stranger = { url: `nats://127.0.0.1:${port}`, monitorUrl, name: 'stranger' }
  await t.throwsAsync(connectBroker(stranger), { message: /authorization violation/i })
})

test('a password that is changed at the broker first is no reason to give up', async (t) => {
  const { port, monitorUrl, change } = await guardedBroker(t)
  let url = `nats://booking:p%40ss@127.0.0.1:${port}`
  const broker = await connectBroker({ url: () => url, monitorUrl, name: 'test' })
  t.teardown(async () => broker.close())
  let refusals = 0
  const back = Promise.withResolvers<undefined>()
  const refusedTwice = Promise.withResolvers<undefined>()
  void (async () => {
    for await (const { type } of broker.nc.status()) {
      if (type === 'reconnecting' && ++refusals === 4) refusedTwice.resolve(undefined)
      if (type === 'reconnect') back.resolve(undefined)
    }
  })()

  await change('other')
  await refusedTwice.promise
  t.false(broker.connected())
  url = `nats://booking:other@127.0.0.1:${port}`

  await back.promise
  await broker.nc.flush()
  t.true(broker.connected())
})
