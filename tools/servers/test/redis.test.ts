import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import test from 'ava'

import { freePort, identityOf, startRedis, waitForEnd } from '../src/index.ts'
import { scratchFolder } from './helpers/folder.ts'

test('starts, and is gone after a stop', async (t) => {
  const server = await startRedis({ dataDir: await scratchFolder(t), port: await freePort() })
  const identity = identityOf(server.pid)

  await server.stop()

  t.true(await waitForEnd(identity, 0))
  await t.notThrowsAsync(server.stop())
})

test('names a taken port', async (t) => {
  const server = await startRedis({ dataDir: await scratchFolder(t), port: await freePort() })
  t.teardown(async () => server.stop())
  const port = Number(new URL(server.url).port)

  await t.throwsAsync(startRedis({ dataDir: await scratchFolder(t), port }), {
    code: 'SERVERS_PORT_TAKEN',
    message: new RegExp(`^Port ${port} for Redis is taken: `),
  })
})

test('dies with the process that started it, even on kill -9', async (t) => {
  const port = await freePort()
  const fixture = join(import.meta.dirname, 'fixtures/start-redis.ts')
  const parent = spawn(process.execPath, [fixture, await scratchFolder(t), String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const pid = await new Promise<number>((resolve) => {
    parent.stdout.once('data', (data: Buffer) => resolve(Number(data.toString())))
  })
  const redis = identityOf(pid)

  parent.kill('SIGKILL')

  t.true(await waitForEnd(redis, 10_000))
})

test('Ctrl-C in the terminal does not reach it: it leads a session of its own', async (t) => {
  const server = await startRedis({ dataDir: await scratchFolder(t), port: await freePort() })
  t.teardown(async () => server.stop())

  const stat = await readFile(`/proc/${server.pid}/stat`, 'utf8')

  t.is(Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]), server.pid)
})
