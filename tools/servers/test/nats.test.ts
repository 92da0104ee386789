import test, { type ExecutionContext } from 'ava'

import { freePort, type NatsOptions, startNats } from '../src/index.ts'
import { scratchFolder } from './helpers/folder.ts'

interface Varz {
  version: string
  max_payload: number
  jetstream: { config: { sync_always?: boolean; store_dir: string } }
}

async function start(t: ExecutionContext, options: Partial<NatsOptions> = {}) {
  const dataDir = options.dataDir ?? (await scratchFolder(t))
  const server = await startNats({
    dataDir,
    port: await freePort(),
    monitorPort: await freePort(),
    ...options,
  })
  t.teardown(async () => server.stop())
  const answer = await fetch(`${server.monitorUrl}/varz`)
  return { ...server, dataDir, varz: (await answer.json()) as Varz }
}

test('syncs each write before it acknowledges', async (t) => {
  const { varz, dataDir } = await start(t)

  t.true(varz.jetstream.config.sync_always)
  t.true(varz.jetstream.config.store_dir.startsWith(dataDir))
  t.true(varz.max_payload >= 1024 ** 2)
})

test('makes an unsafe broker only when asked to', async (t) => {
  const { varz } = await start(t, { syncAlways: false })

  t.falsy(varz.jetstream.config.sync_always)
})

test('is version 2.12 or newer', async (t) => {
  const { varz } = await start(t)

  const [major = 0, minor = 0] = varz.version.split('.').map(Number)
  t.true(major > 2 || (major === 2 && minor >= 12), varz.version)
})

test('starts again after a kill -9', async (t) => {
  const first = await start(t)

  first.kill('SIGKILL')
  await first.exited

  const second = await start(t, { dataDir: first.dataDir })
  t.not(second.pid, first.pid)
})

test('names a taken monitoring port', async (t) => {
  const { monitorUrl } = await start(t)
  const monitorPort = Number(new URL(monitorUrl).port)

  await t.throwsAsync(start(t, { monitorPort }), {
    code: 'SERVERS_PORT_TAKEN',
    message: new RegExp(`^Port ${monitorPort} for NATS monitoring is taken: `),
  })
})
