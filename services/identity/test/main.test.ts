import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { namesOf } from '@medqueue/contracts'
import { connectTestBroker, createTestDatabase, testPrefix, testServers } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'

import { environment, freePort, MIGRATIONS } from './helpers/world.ts'

async function start(t: ExecutionContext, env: NodeJS.ProcessEnv = {}) {
  const { appUrl, ownerUrl, pool } = await createTestDatabase(t, MIGRATIONS)
  const { natsUrl, natsMonitorUrl, redisUrl } = testServers()
  const prefix = testPrefix(t)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts')], {
    env: {
      ...environment(url, appUrl),
      MIGRATION_DATABASE_URL: ownerUrl,
      NATS_URL: natsUrl,
      NATS_MONITOR_URL: natsMonitorUrl,
      REDIS_URL: redisUrl,
      SUBJECT_PREFIX: prefix,
      PORT: String(port),
      ...env,
    },
  })
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const lines: string[] = []
  const ready = new Promise<boolean>((resolve) => {
    createInterface(child.stdout)
      .on('line', (line) => {
        lines.push(line)
        if (line.includes('service is ready')) resolve(true)
      })
      .on('close', () => resolve(false))
  })
  return { child, url, prefix, pool, lines, ready: await ready }
}

test('the service starts, tells of a sign-up on the stream, logs nothing personal, and stops cleanly', async (t) => {
  const { child, url, prefix, lines, ready } = await start(t)
  t.true(ready, lines.join('\n'))
  const form = {
    email: 'secret.person@example.org',
    displayName: 'Secret Person',
    password: 'five-tall-kites-wait',
  }
  const response = await fetch(`${url}/v1/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(form),
  })
  t.is(response.status, 202)

  const broker = await connectTestBroker(t)
  const { streams, subject } = namesOf(prefix)
  const consumer = await broker.js.consumers.get(streams.identityEvents, {
    filter_subjects: [subject('identity.user.registered.*')],
  })
  const message = await consumer.next({ expires: 10_000 })
  t.like(message?.json(), {
    type: 'identity.user.registered',
    source: 'identity',
    data: { displayName: form.displayName, roles: ['patient'] },
  })
  t.is((await fetch(`${url}/readyz`)).status, 200)

  child.kill('SIGTERM')
  const [code] = (await once(child, 'exit')) as [number]
  t.is(code, 0)
  t.notRegex(lines.join('\n'), /secret|kites/i)
})

test('the service refuses to start without its key, naming the variable and no value', async (t) => {
  const { child, ready } = await start(t, { KEY_ENCRYPTION_KEY: 'dG9vLXNob3J0' })
  t.false(ready)
  if (child.exitCode === null) await once(child, 'exit')
  t.not(child.exitCode, 0)
})
