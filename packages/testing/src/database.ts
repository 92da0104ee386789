import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import { outliveErrors, urlOf } from '@medqueue/database'
import pg from 'pg'

import { testServers } from './environment.ts'
import type { Scope } from './scope.ts'
import { ensureTemplate, type Template } from './template.ts'
import { withAdmin } from './with-admin.ts'

export interface TestDatabase {
  /** For migrations and for what only an owner may do. */
  ownerUrl: string
  /** The least-privilege role that the service itself uses. */
  appUrl: string
  /** Connections of the app role. */
  pool: pg.Pool
}

/** How long a client that is just closing may take, on a busy machine. */
const CLOSING_MS = 10_000

/**
 * A database of the scope's own, cloned from a migrated template. It is dropped with the scope, which fails when the
 * test has left a client behind: a leak in a test is a leak in the code.
 */
export async function createTestDatabase(
  scope: Scope,
  migrationsDirectory: string,
  { closingMs = CLOSING_MS }: { closingMs?: number } = {},
): Promise<TestDatabase> {
  const { postgresUrl } = testServers()
  const template = await ensureTemplate(postgresUrl, migrationsDirectory)
  const database = `test_${randomBytes(8).toString('hex')}`
  await withAdmin(postgresUrl, async (admin) => clone(admin, database, template))
  const appUrl = urlOf(postgresUrl, { database, user: template.app, password: template.password })
  const ownerUrl = urlOf(postgresUrl, { database, user: template.owner, password: template.password })
  // More patient than a service's pool: a busy test machine is no failure of the code.
  const pool = new pg.Pool({
    connectionString: appUrl,
    max: 10,
    application_name: database,
    connectionTimeoutMillis: 30_000,
  })
  // The drop below cuts connections on purpose.
  pool.on('error', () => undefined)
  pool.on('connect', outliveErrors)
  scope.teardown(async () => takeDown(postgresUrl, { database, pool, closingMs }))
  return { ownerUrl, appUrl, pool }
}

async function clone(admin: pg.Client, database: string, { name, owner, app }: Template): Promise<void> {
  await admin.query(`CREATE DATABASE ${database} TEMPLATE ${name} OWNER ${owner}`)
  await admin.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`)
  await admin.query(`GRANT CONNECT ON DATABASE ${database} TO ${app}`)
}

async function takeDown(
  adminUrl: string,
  { database, pool, closingMs }: { database: string; pool: pg.Pool; closingMs: number },
): Promise<void> {
  const checkedOut = pool.totalCount - pool.idleCount
  // A pool with a client out never ends, so do not wait for it: the drop below cuts the connection.
  const ended = pool.end()
  if (checkedOut === 0) await ended
  await withAdmin(adminUrl, async (admin) => {
    const left =
      checkedOut === 0
        ? await clientsLeft(admin, database, closingMs)
        : [`${checkedOut} of the test's own pool`]
    await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
    if (left.length > 0) throw new Error(`database clients were left open: ${left.join(', ')}`)
  })
}

/** Who is still connected; a client that is just closing gets a moment. */
async function clientsLeft(admin: pg.Client, database: string, closingMs: number): Promise<string[]> {
  const deadline = Date.now() + closingMs
  for (;;) {
    const { rows } = await admin.query<{ name: string }>(
      `SELECT coalesce(nullif(application_name, ''), 'without a name') AS name
         FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
      [database],
    )
    if (rows.length === 0 || Date.now() > deadline) return rows.map(({ name }) => name)
    await delay(25)
  }
}
