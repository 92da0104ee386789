import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { createTestDatabase, createTokenIssuer, type Scope, testServers } from '@medqueue/testing'
import test from 'ava'

import { clinicEvent, createStreams, doctorEvent } from './helpers/broker.ts'
import type { WindowsEvent } from './helpers/outbox.ts'
import { rotaBody } from './helpers/rotas.ts'
import { migrations } from './helpers/world.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

function start(scope: Scope, env: Record<string, string>): ChildProcess {
  const file = join(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, [file], { env: { ...env, LOG_LEVEL: 'warn' }, stdio: 'inherit' })
  scope.teardown(() => void child.kill('SIGKILL'))
  return child
}

/** Asks again until the answer is the one waited for; the test's own time-out ends it. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined) return answer
    await delay(50)
  }
}

test('the process hears the directory, answers, publishes, and stops when asked', async (t) => {
  const { appUrl, ownerUrl } = await createTestDatabase(t, migrations)
  const issuer = await createTokenIssuer(t)
  const { broker, prefix, names, say } = await createStreams(t)
  const { natsUrl, natsMonitorUrl, redisUrl } = testServers()
  const port = await freePort()
  const child = start(t, {
    PORT: String(port),
    DATABASE_URL: appUrl,
    MIGRATION_DATABASE_URL: ownerUrl,
    NATS_URL: natsUrl,
    NATS_MONITOR_URL: natsMonitorUrl,
    REDIS_URL: redisUrl,
    ISSUER: issuer.issuer,
    JWKS_URL: issuer.jwksUrl,
    SUBJECT_PREFIX: prefix,
  })
  const base = `http://127.0.0.1:${port}`
  await eventually(async () => ((await fetch(`${base}/readyz`)).ok ? true : undefined))

  const clinicId = randomUUID()
  const doctorId = randomUUID()
  await say(clinicEvent({ id: clinicId, version: 1, active: true, zone: 'UTC' }))
  await say(doctorEvent({ id: doctorId, version: 1, active: true, clinicIds: [clinicId] }))
  const authorization = `Bearer ${issuer.token({ sub: doctorId, roles: ['doctor'] })}`
  const rota = await eventually(async () => {
    const answer = await fetch(`${base}/v1/rotas`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(rotaBody(doctorId, clinicId)),
    })
    return answer.status === 201 ? ((await answer.json()) as { zone: string }) : undefined
  })
  t.is(rota.zone, 'UTC')

  const event = await eventually(async () => {
    const last = { last_by_subj: names.subjects.windows(doctorId) }
    const stored = await broker.jsm.streams.getMessage(names.streams.scheduleEvents, last)
    return stored?.json<WindowsEvent>()
  })
  t.is(event.data.doctorId, doctorId)
  t.true(event.data.windows.length > 0)

  child.kill('SIGTERM')
  const [code] = (await once(child, 'exit')) as [number | null]
  t.is(code, 0)
})
