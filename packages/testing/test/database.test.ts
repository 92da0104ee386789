import { join } from 'node:path'

import test from 'ava'
import pg from 'pg'

import { createTestDatabase, type Scope, testServers } from '../src/index.ts'

const migrations = join(import.meta.dirname, 'fixtures/notes/migrations')

/** A scope whose end the test decides. */
function manualScope(): Scope & { end: () => Promise<void> } {
  const works: (() => Promise<void> | void)[] = []
  return {
    teardown: (work) => void works.push(work),
    end: async () => {
      for (const work of works.reverse()) await work()
    },
  }
}

async function exists(database: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: testServers().postgresUrl })
  await client.connect()
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
  await client.end()
  return rowCount === 1
}

const nameIn = (url: string) => new URL(url).pathname.slice(1)

test('gives each test a migrated database of its own', async (t) => {
  const [one, two] = await Promise.all([createTestDatabase(t, migrations), createTestDatabase(t, migrations)])

  await one.pool.query("INSERT INTO note (text) VALUES ('only here')")

  t.is((await one.pool.query('SELECT * FROM note')).rowCount, 2)
  t.is((await two.pool.query('SELECT * FROM note')).rowCount, 1)
})

test('the pool may change rows and not tables', async (t) => {
  const { pool } = await createTestDatabase(t, migrations)

  await t.notThrowsAsync(pool.query("UPDATE note SET text = 'changed'"))
  await t.throwsAsync(pool.query('DROP TABLE note'), { code: '42501' })
})

test('the owner may change tables', async (t) => {
  const { ownerUrl } = await createTestDatabase(t, migrations)
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()

  await t.notThrowsAsync(owner.query('ALTER TABLE note ADD COLUMN colour text'))
  await owner.end()
})

test('the database is gone after its scope', async (t) => {
  const scope = manualScope()
  const { appUrl } = await createTestDatabase(scope, migrations)
  t.true(await exists(nameIn(appUrl)))

  await scope.end()

  t.false(await exists(nameIn(appUrl)))
})

test('fails when a client of the pool was not released, and drops the database all the same', async (t) => {
  const scope = manualScope()
  const { pool, appUrl } = await createTestDatabase(scope, migrations)
  const leaked = await pool.connect()
  leaked.on('error', () => undefined)

  await t.throwsAsync(scope.end(), { message: /left open: 1 of the test's own pool/ })

  t.false(await exists(nameIn(appUrl)))
})

test('fails when another connection was left open and names it', async (t) => {
  const scope = manualScope()
  const { appUrl } = await createTestDatabase(scope, migrations, { closingMs: 100 })
  const leaked = new pg.Client({ connectionString: appUrl, application_name: 'forgotten' })
  leaked.on('error', () => undefined)
  await leaked.connect()

  await t.throwsAsync(scope.end(), { message: /left open: forgotten/ })
})
