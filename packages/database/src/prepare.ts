/**
 * Makes a database ready for a service, or waits until somebody else has: for jobs and init containers.
 *
 *   node packages/database/src/prepare.ts --migrations <folder> [--check] [--wait-seconds 120]
 *
 * MIGRATION_DATABASE_URL is the owner's, DATABASE_URL the service's. With ADMIN_DATABASE_URL, a superuser's or
 * that of a role which may make databases and roles, these are made first, named as the URLs say. With --check nothing is written: it ends once the schema that
 * the service sees holds every migration of the folder.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import pg from 'pg'

import { DatabaseError, errorCode, isUnavailable } from './errors.ts'
import { migrate, readMigrations } from './migrate.ts'
import { outliveErrors } from './pool.ts'
import { belongsTo, provisionDatabase } from './provision.ts'

export interface PrepareOptions {
  /** Folder of numbered SQL files. */
  directory: string
  /** Service's URL, with the role that may only read and write rows. */
  appUrl: string
  /** Owner's URL. */
  ownerUrl: string
  /** Administrator's URL, when the database and its roles are still to be made. */
  adminUrl?: string | undefined
}

/**
 * Makes the database and its roles where an admin is given, then migrates. Returns the files applied. A service that has
 * been given another role, which belongs to the first, finds everything there: while passwords change, nothing is made.
 */
export async function prepareDatabase({
  directory,
  appUrl,
  ownerUrl,
  adminUrl,
}: PrepareOptions): Promise<string[]> {
  if (adminUrl !== undefined) await makeDatabase(adminUrl, partsOf(ownerUrl), partsOf(appUrl))
  return migrate({ url: ownerUrl, directory })
}

async function makeDatabase(adminUrl: string, owner: Parts, app: Parts): Promise<void> {
  const { database } = owner
  const named = app.database === database && owner.user === `${database}_owner`
  if (named && app.user === `${database}_app`) {
    const [ownerPassword, appPassword] = [owner.password, app.password]
    await provisionDatabase({ adminUrl, database, ownerPassword, appPassword })
    return
  }
  if (named && (await belongsTo(adminUrl, app.user, `${database}_app`))) return
  throw new DatabaseError(
    'DATABASE_NAME',
    `the URLs must name one database and its roles ${database}_owner and ${database}_app, or one that belongs to the latter`,
  )
}

/** How many migrations of the folder the database still lacks, as the service's own role sees it. */
export async function missingMigrations(options: { url: string; directory: string }): Promise<number> {
  const wanted = await readMigrations(options.directory)
  const client = outliveErrors(new pg.Client({ connectionString: options.url, application_name: 'prepare' }))
  await client.connect()
  try {
    const { rows } = await client.query<{ version: number }>('SELECT version FROM schema_migration')
    const applied = new Set(rows.map(({ version }) => version))
    return wanted.filter(({ version }) => !applied.has(version)).length
  } catch (error) {
    if (errorCode(error) === UNDEFINED_TABLE) return wanted.length
    throw error
  } finally {
    await client.end()
  }
}

/** Tries again while the server cannot be reached or the work says "not yet", until the deadline. */
export async function insist<T>(
  work: () => Promise<T | undefined>,
  { waitMs, pauseMs = 500 }: { waitMs: number; pauseMs?: number },
): Promise<T> {
  const deadline = Date.now() + waitMs
  for (;;) {
    const late = Date.now() >= deadline
    try {
      const result = await work()
      if (result !== undefined) return result
      if (late) throw new DatabaseError('DATABASE_NOT_READY', 'the database lacks migrations')
    } catch (error) {
      if (late || !passing(error)) throw error
    }
    await delay(pauseMs)
  }
}

const UNDEFINED_TABLE = '42P01'

/** What a server says of a database or a role that is still to be made, and a resolver of a new service. */
const NOT_YET = new Set(['3D000', '28P01', '28000', '42501', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])

function passing(error: unknown): boolean {
  return isUnavailable(error) || NOT_YET.has(errorCode(error) ?? '')
}

interface Parts {
  database: string
  user: string
  password: string
}

function partsOf(url: string): Parts {
  const { pathname, username, password } = new URL(url)
  const [user, word] = [decodeURIComponent(username), decodeURIComponent(password)]
  return { database: pathname.slice(1), user, password: word }
}

async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const { values } = parseArgs({
    options: {
      migrations: { type: 'string' },
      check: { type: 'boolean', default: false },
      'wait-seconds': { type: 'string', default: '120' },
    },
  })
  const directory = values.migrations
  if (directory === undefined) throw new DatabaseError('DATABASE_USAGE', '--migrations <folder> is missing')
  const waitMs = Number(values['wait-seconds']) * 1_000
  const appUrl = required(env, 'DATABASE_URL')
  if (values.check) {
    const done = async () => ((await missingMigrations({ url: appUrl, directory })) === 0 ? true : undefined)
    await insist(done, { waitMs })
    say({ checked: directory })
    return
  }
  const ownerUrl = required(env, 'MIGRATION_DATABASE_URL')
  const options = { directory, appUrl, ownerUrl, adminUrl: env.ADMIN_DATABASE_URL }
  say({ migrated: directory, files: await insist(async () => prepareDatabase(options), { waitMs }) })
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (value === undefined || value === '') throw new DatabaseError('DATABASE_USAGE', `${name} is not set`)
  return value
}

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

if (import.meta.main) await main(process.env)
