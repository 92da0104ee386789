import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'

import test, { type ExecutionContext } from 'ava'
import pg from 'pg'

import { freePort, type PostgresOptions, startPostgres } from '../src/index.ts'
import { scratchFolder } from './helpers/folder.ts'

async function start(t: ExecutionContext, options: PostgresOptions) {
  const server = await startPostgres(options)
  t.teardown(async () => server.stop())
  return server
}

type Row = Record<string, string>

async function query(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Row>(sql)
    return rows
  } finally {
    await client.end()
  }
}

test('starts a durable PostgreSQL 18 that ends deadlocks quickly', async (t) => {
  const { url } = await start(t, { dataDir: await scratchFolder(t), port: await freePort() })

  const names = [
    'fsync',
    'synchronous_commit',
    'full_page_writes',
    'deadlock_timeout',
    'jit',
    'server_version',
  ]
  const rows = await query(
    url,
    `SELECT name, setting FROM pg_settings WHERE name IN ('${names.join("','")}')`,
  )

  const settings = Object.fromEntries(rows.map(({ name = '', setting = '' }) => [name, setting]))
  t.like(settings, {
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    deadlock_timeout: '100',
    jit: 'off',
  })
  t.regex(settings.server_version ?? '', /^18\./)
})

test('has the extensions that services use', async (t) => {
  const { url } = await start(t, { dataDir: await scratchFolder(t), port: await freePort(), durable: false })

  for (const extension of ['btree_gist', 'pg_trgm', 'pgcrypto']) {
    await t.notThrowsAsync(query(url, `CREATE EXTENSION ${extension}`))
  }
})

test('asks for the password', async (t) => {
  const { url } = await start(t, { dataDir: await scratchFolder(t), port: await freePort(), durable: false })
  const wrong = new URL(url)
  wrong.password = 'wrong'

  await t.throwsAsync(query(wrong.toString(), 'SELECT 1'), { code: '28P01' })
})

test('keeps what was committed over a kill -9 and another port', async (t) => {
  const dataDir = await scratchFolder(t)
  const first = await start(t, { dataDir, port: await freePort() })
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')

  first.kill('SIGKILL')
  await first.exited
  const second = await start(t, { dataDir, port: await freePort() })

  t.deepEqual(await query(second.url, 'SELECT one::text FROM kept'), [{ one: '1' }])
})

test('names a taken port and what to do about it', async (t) => {
  const port = await freePort()
  const squatter = createServer().listen(port, '127.0.0.1')
  t.teardown(() => squatter.close())

  const error = await t.throwsAsync(
    startPostgres({ dataDir: await scratchFolder(t), port, durable: false }),
    {
      code: 'SERVERS_PORT_TAKEN',
    },
  )

  t.regex(error.message, new RegExp(`^Port ${port} for PostgreSQL is taken: .*ss -ltnp.*$`))
})

test('refuses a data folder that a running server uses, and leaves that server alone', async (t) => {
  const dataDir = await scratchFolder(t)
  const first = await start(t, { dataDir, port: await freePort(), durable: false })

  await t.throwsAsync(startPostgres({ dataDir, port: await freePort() }), { code: 'SERVERS_DATA_IN_USE' })

  t.is((await query(first.url, 'SELECT 1')).length, 1)
})

test('begins anew when making the cluster was cut short', async (t) => {
  const dataDir = await scratchFolder(t)
  await mkdir(join(dataDir, '18', 'base'), { recursive: true })

  const { url } = await start(t, { dataDir, port: await freePort(), durable: false })

  t.is((await query(url, 'SELECT 1')).length, 1)
})

test('leaves no pid file after a stop', async (t) => {
  const dataDir = await scratchFolder(t)
  const server = await start(t, { dataDir, port: await freePort(), durable: false })
  t.true(existsSync(join(dataDir, 'postgres.pid')))

  await server.stop()

  t.false(existsSync(join(dataDir, 'postgres.pid')))
})
