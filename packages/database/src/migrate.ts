import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import pg from 'pg'

import { DatabaseError } from './errors.ts'
import { outliveErrors } from './pool.ts'

/** One advisory lock for all migrators of a database: the second pod waits, then finds nothing to do. */
const MIGRATION_LOCK = 7_250_417_301

const FILE = /^(\d{4})_[a-z0-9-]+\.sql$/

interface Migration {
  version: number
  file: string
  sql: string
  checksum: string
}

/** The migrations of a folder in order. Throws MIGRATION_NAME or MIGRATION_TWICE. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.sql')).sort()
  const seen = new Set<number>()
  return Promise.all(
    files.map(async (file) => {
      const version = Number(FILE.exec(file)?.[1] ?? Number.NaN)
      if (Number.isNaN(version)) {
        throw new DatabaseError('MIGRATION_NAME', `${file}: name it 0001_what-it-does.sql`)
      }
      // Gaps are fine: each piece of work has a range of its own.
      if (seen.has(version))
        throw new DatabaseError('MIGRATION_TWICE', `${file}: its number is another file's`)
      seen.add(version)
      const sql = await readFile(join(directory, file), 'utf8')
      return { version, file, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/**
 * Brings a database up to date with the numbered files of a folder, each in its own transaction. Forward only. Two
 * pods may race. Returns the files applied. Throws MIGRATION_CHANGED when an applied file has been edited since.
 */
export async function migrate({ url, directory }: { url: string; directory: string }): Promise<string[]> {
  const migrations = await readMigrations(directory)
  const client = outliveErrors(new pg.Client({ connectionString: url, application_name: 'migrate' }))
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(
      `CREATE TABLE IF NOT EXISTS schema_migration (
         version int PRIMARY KEY, file text NOT NULL, checksum text NOT NULL,
         applied_at timestamptz NOT NULL DEFAULT now())`,
    )
    const { rows } = await client.query<{ version: number; checksum: string }>(
      'SELECT version, checksum FROM schema_migration',
    )
    const applied = new Map(rows.map((row) => [row.version, row.checksum]))
    const pending = migrations.filter((migration) => isPending(migration, applied))
    for (const migration of pending) await apply(client, migration)
    return pending.map(({ file }) => file)
  } finally {
    await client.end()
  }
}

function isPending({ version, file, checksum }: Migration, applied: Map<number, string>): boolean {
  const known = applied.get(version)
  if (known !== undefined && known !== checksum) {
    throw new DatabaseError(
      'MIGRATION_CHANGED',
      `${file} was edited after it was applied: add a new file instead`,
    )
  }
  return known === undefined
}

async function apply(client: pg.Client, { version, file, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN')
    await client.query(sql)
    await client.query('INSERT INTO schema_migration (version, file, checksum) VALUES ($1, $2, $3)', [
      version,
      file,
      checksum,
    ])
    await client.query('COMMIT')
  } catch (cause) {
    throw new DatabaseError('MIGRATION_FAILED', `${file} was rolled back: ${String(cause)}`, { cause })
  }
}
