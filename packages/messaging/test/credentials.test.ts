import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { findNats, freePort, pidFileIn, startChild } from '@medqueue/servers'
import test, { type ExecutionContext } from 'ava'

import { connectBroker } from '../src/index.ts'
import { loginOf } from '../src/credentials.ts'

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

async function guardedBroker(t: ExecutionContext): Promise<{ port: number; monitorUrl: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-nats-'))
  const [port, monitorPort] = [await freePort(), await freePort()]
  const config = join(folder, 'nats.conf')
  await writeFile(
    config,
    `listen: "127.0.0.1:${port}"
http: "127.0.0.1:${monitorPort}"
jetstream { store_dir: ${JSON.stringify(join(folder, 'data'))}, sync_interval: always }
authorization { user: booking, password: "p@ss" }
`,
  )
  const child = await startChild({
    name: 'NATS',
    file: await findNats(() => undefined),
    args: ['--config', config],
    logFile: join(folder, 'nats.log'),
    pidFile: pidFileIn(folder, 'nats'),
  })
  t.teardown(async () => {
    await child.stop()
    await rm(folder, { recursive: true, force: true })
  })
  return { port, monitorUrl: `http://127.0.0.1:${monitorPort}` }
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
