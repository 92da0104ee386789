import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

import { provisionDatabase, urlOf } from '@medqueue/database'
import { freePort } from '@medqueue/servers'
import { connectTestBroker, createTokenIssuer, testPrefix, testServers } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'
import pg from 'pg'

const MAIN = join(import.meta.dirname, '../src/main.ts')

interface World {
  base: string
  admin: pg.Client
  database: string
  appUrl: string
  /** What the file of the secret holds from now on. */
  setSecret: (url: string) => Promise<void>
}

/** The whole service as a process, its database's URL in a file, with a database and roles that nobody else uses. */
async function startService(t: ExecutionContext): Promise<World> {
  const { postgresUrl, natsUrl, natsMonitorUrl, redisUrl } = testServers()
  const database = `rotation_${randomBytes(6).toString('hex')}`
  const passwords = { ownerPassword: 'owner', appPassword: 'first' }
  const { ownerUrl, appUrl } = await provisionDatabase({ adminUrl: postgresUrl, database, ...passwords })
  const admin = new pg.Client({ connectionString: postgresUrl })
  await admin.connect()
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-secrets-'))
  const file = join(folder, 'DATABASE_URL')
  const setSecret = async (url: string) => writeFile(file, url)
  await setSecret(appUrl)
  await connectTestBroker(t)
  const issuer = await createTokenIssuer(t)
  const port = await freePort()
  const child = spawn(process.execPath, [MAIN], {
    env: {
      DATABASE_URL_FILE: file,
      MIGRATION_DATABASE_URL: ownerUrl,
      NATS_URL: natsUrl,
      NATS_MONITOR_URL: natsMonitorUrl,
      REDIS_URL: redisUrl,
      ISSUER: issuer.issuer,
      JWKS_URL: issuer.jwksUrl,
      SUBJECT_PREFIX: testPrefix(t),
      RATE_LIMIT_PER_MINUTE: '0',
      PORT: String(port),
    },
  })
  t.teardown(async () => {
    await end(child)
    await admin.query(`DROP DATABASE ${database} WITH (FORCE)`)
    for (const role of ['owner', 'app']) await admin.query(`DROP ROLE ${database}_${role}`)
    await admin.end()
    await rm(folder, { recursive: true })
  })
  await ready(child)
  return { base: `http://127.0.0.1:${port}`, admin, database, appUrl, setSecret }
}

async function ready(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('the process has no output')
  const said: string[] = []
  for await (const line of createInterface(child.stdout)) {
    said.push(line)
    if (line.includes('service is ready')) return void child.stdout.resume()
  }
  throw new Error(`the service did not start: ${said.join('\n')}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** Ends every idle connection of the service, and waits until there is none that began before. */
async function cutAll({ admin, database }: World): Promise<void> {
  const { rows } = await admin.query<{ now: string }>('SELECT clock_timestamp()::text AS now')
  for (;;) {
    const { rowCount } = await admin.query(
      `SELECT CASE WHEN state = 'idle' THEN pg_terminate_backend(pid) END FROM pg_stat_activity
       WHERE usename = $1 AND backend_start < $2`,
      [`${database}_app`, rows[0]?.now],
    )
    if (rowCount === 0) return
    await delay(10)
  }
}

/** Asks for what only the database knows, by so many callers at a time; returns the statuses. */
async function ask({ base }: World, callers: number): Promise<number[]> {
  const one = async () => {
    const answer = await fetch(`${base}/v1/specialties?limit=1`)
    await answer.arrayBuffer()
    return answer.status
  }
  return Promise.all(Array.from({ length: callers }, one))
}

test('a password that is changed at the server first is "not now" until the file has it, too', async (t) => {
  const world = await startService(t)
  const { admin, database, appUrl } = world

  await admin.query(`ALTER ROLE ${database}_app PASSWORD 'second'`)
  await cutAll(world)
  t.deepEqual([...new Set(await ask(world, 5))], [503])
  await world.setSecret(urlOf(appUrl, { password: 'second' }))

  t.deepEqual([...new Set(await ask(world, 5))], [200])
})

test('the password of the database is changed under a running service, and no request fails', async (t) => {
  const world = await startService(t)
  const { admin, database, appUrl } = world
  const statuses = [...(await ask(world, 20))]

  await admin.query(`ALTER ROLE ${database}_app PASSWORD 'second'`)
  await world.setSecret(urlOf(appUrl, { password: 'second' }))
  statuses.push(...(await ask(world, 20)))
  await cutAll(world)
  for (let n = 0; n < 5; n++) statuses.push(...(await ask(world, 20)))

  t.deepEqual([...new Set(statuses)], [200])
  t.is(statuses.length, 140)
  const { rowCount } = await admin.query('SELECT FROM pg_stat_activity WHERE usename = $1', [
    `${database}_app`,
  ])
  t.true((rowCount ?? 0) > 0) // Made since: with the new password, then.
  const stranger = new pg.Client({ connectionString: appUrl })
  await t.throwsAsync(stranger.connect(), { code: '28P01' })
})
