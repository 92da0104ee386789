import { existsSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { LOCAL_PORTS } from '@medqueue/contracts'
import { connectBroker } from '@medqueue/messaging'
import { freePort, identityOf, startNats, waitForEnd } from '@medqueue/servers'
import test from 'ava'
import pg from 'pg'

import { freePortsOffset, platformFileIn, readPlatformFile } from '../src/index.ts'
import { platform, scratchFolder } from './helpers/world.ts'

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

test('writes down where everything is, for nobody else to read', async (t) => {
  const { dataDir, urls, postgresUrl } = await platform(t)

  const file = readPlatformFile(dataDir)

  t.like(file, { urls: { ...urls }, postgresUrl, audience: 'medqueue', launcher: { pid: process.pid } })
  t.deepEqual(Object.keys(file?.processes ?? {}).sort(), ['nats', 'postgres', 'redis'])
  t.is(statSync(platformFileIn(dataDir)).mode & 0o777, 0o600)
  t.is(statSync(join(dataDir, 'secrets.json')).mode & 0o777, 0o600)
})

test('the broker it starts is one that services accept', async (t) => {
  const { urls } = await platform(t)

  const broker = await connectBroker({ url: urls.nats, monitorUrl: urls.natsMonitor, name: 'test' })

  t.true(broker.connected())
  await broker.close()
})

test('services refuse a broker that acknowledges before it syncs', async (t) => {
  const [port, monitorPort] = [await freePort(), await freePort()]
  const nats = await startNats({ dataDir: await scratchFolder(t), port, monitorPort, syncAlways: false })
  t.teardown(async () => nats.stop())

  await t.throwsAsync(connectBroker({ url: nats.url, monitorUrl: nats.monitorUrl, name: 'test' }), {
    code: 'BROKER_NOT_DURABLE',
    message: /sync_interval: always/,
  })
})

test('starts a killed database server again and notes its new pid', async (t) => {
  const { dataDir, postgresUrl, process: processOf } = await platform(t)
  const killed = processOf('postgres').pid() ?? 0

  processOf('postgres').kill('SIGKILL')
  await waitForEnd(identityOf(killed), 5_000)
  await until(async () => answers(postgresUrl))
  await until(async () => readPlatformFile(dataDir)?.processes.postgres !== undefined)

  t.not(readPlatformFile(dataDir)?.processes.postgres?.pid, killed)
})

test('a server that was stopped stays down until it is started', async (t) => {
  const { postgresUrl, process: processOf } = await platform(t)

  await processOf('postgres').stop()
  t.false(await answers(postgresUrl))

  await processOf('postgres').start()
  t.true(await answers(postgresUrl))
})

test('a stop ends every process and takes the note away', async (t) => {
  const { dataDir, stop, names, process: processOf } = await platform(t)
  const identities = names().map((name) => identityOf(processOf(name).pid() ?? 0))

  await stop()

  t.is(identities.length, 3)
  for (const identity of identities) t.true(await waitForEnd(identity, 0))
  t.false(existsSync(platformFileIn(dataDir)))
})

test('a second platform on the same data is told about the first', async (t) => {
  const { dataDir } = await platform(t)

  await t.throwsAsync(platform(t, { dataDir }), {
    code: 'SERVERS_DATA_IN_USE',
    message: new RegExp(`already runs as process ${process.pid} .*make down`),
  })
})

test('a taken port is named, and nothing is left running', async (t) => {
  const [dataDir, portsOffset] = [await scratchFolder(t), await freePortsOffset()]
  const port = LOCAL_PORTS.redis + portsOffset
  const squatter = createServer().listen(port, '127.0.0.1')
  t.teardown(() => squatter.close())

  await t.throwsAsync(platform(t, { dataDir, portsOffset }), {
    code: 'SERVERS_PORT_TAKEN',
    message: new RegExp(`^Port ${port} for Redis is taken: `),
  })

  squatter.close()
  await t.notThrowsAsync(platform(t, { dataDir, portsOffset }))
})

test('keeps data and secrets over a restart, and wipes both on reset', async (t) => {
  const options = { dataDir: await scratchFolder(t), portsOffset: await freePortsOffset() }
  const first = await platform(t, options)
  await writeFile(join(options.dataDir, 'logs', 'old.log'), 'old')
  await first.stop()

  const second = await platform(t, options)
  t.is(second.postgresUrl, first.postgresUrl)
  await second.stop()

  const third = await platform(t, { ...options, reset: true })
  t.not(third.postgresUrl, first.postgresUrl)
  t.false(existsSync(join(options.dataDir, 'logs', 'old.log')))
})

/** Polls: what is awaited happens in another process. Ava's own time-out ends it. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve))
}
