import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import pg from 'pg'

import { type Child, pidFileIn, type RunAs, startChild, userFlags } from './child.ts'
import { assertRoom, withDiskErrors } from './disk.ts'
import { messageOf } from './errors.ts'
import { findPostgres, type PostgresPrograms } from './find/postgres.ts'
import { run } from './find/run.ts'
import { postgresUser } from './find/user.ts'
import { assertPortFree } from './ports.ts'
import { INITDB_SETTINGS, settingsFile } from './postgres-settings.ts'
import { startFailure, waitUntilReady } from './ready.ts'
import { running, type RunningServer, type StartOptions } from './running.ts'

const MIB = 1024 ** 2
const FORMAT = '18'

export interface PostgresOptions extends StartOptions {
  port: number
  /** False gives up safety against power loss for speed; for tests whose data nobody needs. */
  durable?: boolean
}

interface Layout extends PostgresPrograms {
  name: string
  cluster: string
  logFile: string
  passwordFile: string
  user: RunAs | undefined
}

/**
 * Starts PostgreSQL 18 on loopback, making the database cluster below `dataDir` the first time. The URL is the
 * superuser's, with its password, and names the database `postgres`.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningServer> {
  const { dataDir, port } = options
  await assertRoom(dataDir, 256 * MIB)
  const programs = await findPostgres()
  const user = await postgresUser([dataDir, programs.postgres])
  const layout = {
    ...programs,
    name: 'PostgreSQL',
    cluster: join(dataDir, FORMAT),
    logFile: join(options.logDir ?? dataDir, 'postgres.log'),
    passwordFile: join(dataDir, 'password'),
    user,
  }
  if (!existsSync(join(layout.cluster, 'PG_VERSION'))) await initialise(layout, options)
  const password = (await readFile(layout.passwordFile, 'utf8')).trim()
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  const child = await startPatiently(layout, options, url)
  return running(layout.name, url, child)
}

async function initialise(layout: Layout, { dataDir, say, durable = true }: PostgresOptions): Promise<void> {
  say?.('making the database cluster')
  const { cluster, passwordFile, user } = layout
  await withDiskErrors(dataDir, async () => {
    await rm(cluster, { recursive: true, force: true })
    await mkdir(cluster, { recursive: true, mode: 0o700 })
    await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 })
    await own(user, dataDir, cluster, passwordFile)
    const sync = durable ? [] : ['--no-sync']
    const command = [
      layout.initdb,
      ...[`--pgdata=${cluster}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      ...[...INITDB_SETTINGS, ...sync],
    ]
    try {
      await runAs(user, command)
    } catch (error) {
      await rm(cluster, { recursive: true, force: true })
      throw startFailure(layout.name, layout.logFile, messageOf(error))
    }
  })
}

async function runAs(user: RunAs | undefined, [file = '', ...args]: string[]): Promise<void> {
  const env = { ...process.env, LC_ALL: 'C' }
  if (user === undefined) await run(file, args, { env, cwd: '/' })
  else await run('setpriv', [...userFlags(user), '--', file, ...args], { env, cwd: '/' })
}

async function own(user: RunAs | undefined, ...paths: string[]): Promise<void> {
  if (user === undefined) return
  for (const path of paths) await chown(path, user.uid, user.gid)
}

/** After a kill -9 the old backends may need a moment to let go of the shared memory, so ask again. */
async function startPatiently(layout: Layout, options: PostgresOptions, url: string): Promise<Child> {
  const deadline = Date.now() + 15_000
  for (;;) {
    const child = await startOnce(layout, options)
    try {
      await waitUntilReady({ ...layout, child, probe: async () => probe(url), timeoutMs: 60_000 })
      return child
    } catch (error) {
      const held = child.output().includes('pre-existing shared memory block')
      if (!held || Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

async function startOnce(layout: Layout, options: PostgresOptions): Promise<Child> {
  const { cluster, logFile, user } = layout
  await assertPortFree(options.port, layout.name)
  const settings = join(cluster, 'medqueue.conf')
  await writeFile(settings, settingsFile(options))
  await chmod(settings, 0o600)
  await own(user, settings)
  return startChild({
    name: layout.name,
    file: layout.postgres,
    args: ['-D', cluster, '-c', `config_file=${settings}`],
    cwd: user === undefined ? dirname(cluster) : '/',
    env: { ...process.env, LC_ALL: 'C' },
    logFile,
    pidFile: pidFileIn(options.dataDir, 'postgres'),
    user,
    stopSignal: 'SIGINT', // Fast: ends sessions, rolls back, writes a checkpoint.
    stopTimeoutMs: 20_000,
  })
}

async function probe(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined) // A dropped probe is an unanswered probe; the query below throws it.
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    await client.end().catch(() => undefined)
  }
}
