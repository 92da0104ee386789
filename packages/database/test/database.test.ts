import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createTestDatabase, type Scope, testServers } from '@medqueue/testing'
import test from 'ava'
import pg from 'pg'

import {
  createPool,
  errorCode,
  isUnavailable,
  migrate,
  provisionDatabase,
  withTransaction,
} from '../src/index.ts'

async function folder(scope: Scope, files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'medqueue-migrations-'))
  scope.teardown(() => rm(directory, { recursive: true }))
  await Promise.all(Object.entries(files).map(([name, sql]) => writeFile(join(directory, name), sql)))
  return directory
}

const FIRST = { '0001_notes.sql': 'CREATE TABLE note (id int PRIMARY KEY, body text)' }

test('migrations run once, in order, and later ones are added', async (t) => {
  const { ownerUrl: url } = await createTestDatabase(t, await folder(t, {}))
  t.deepEqual(await migrate({ url, directory: await folder(t, FIRST) }), ['0001_notes.sql'])
  t.deepEqual(await migrate({ url, directory: await folder(t, FIRST) }), [])
  const more = { ...FIRST, '0002_more.sql': 'ALTER TABLE note ADD author text' }
  t.deepEqual(await migrate({ url, directory: await folder(t, more) }), ['0002_more.sql'])
})

test('two pods that race to migrate do it once', async (t) => {
  const { ownerUrl: url } = await createTestDatabase(t, await folder(t, {}))
  const directory = await folder(t, FIRST)
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate({ url, directory })))
  t.deepEqual(applied.flat(), ['0001_notes.sql'])
})

test('a migration that was edited after it ran is refused', async (t) => {
  const { ownerUrl: url } = await createTestDatabase(t, await folder(t, {}))
  await migrate({ url, directory: await folder(t, FIRST) })
  const edited = { '0001_notes.sql': 'CREATE TABLE note (id bigint)' }
  await t.throwsAsync(migrate({ url, directory: await folder(t, edited) }), { code: 'MIGRATION_CHANGED' })
})

test('a migration that fails leaves nothing behind', async (t) => {
  const { ownerUrl: url } = await createTestDatabase(t, await folder(t, {}))
  const directory = await folder(t, { '0001_bad.sql': 'CREATE TABLE half (id int); SELECT 1/0' })
  await t.throwsAsync(migrate({ url, directory }), { code: 'MIGRATION_FAILED' })
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ t: string | null }>(`SELECT to_regclass('half')::text AS t`)
  t.is(rows[0]?.t, null)
  await client.end()
})

test('numbers may have gaps, and one that is there twice or a name without one is refused', async (t) => {
  const { ownerUrl: url } = await createTestDatabase(t, await folder(t, {}))
  const gap = await folder(t, { '0007_later.sql': 'SELECT 1', '0003_sooner.sql': 'SELECT 1' })
  t.deepEqual(await migrate({ url, directory: gap }), ['0003_sooner.sql', '0007_later.sql'])
  const twice = await folder(t, { '0002_one.sql': 'SELECT 1', '0002_other.sql': 'SELECT 1' })
  await t.throwsAsync(migrate({ url, directory: twice }), { code: 'MIGRATION_TWICE' })
  const name = await folder(t, { 'first.sql': 'SELECT 1' })
  await t.throwsAsync(migrate({ url, directory: name }), { code: 'MIGRATION_NAME' })
})

test('a deadlock is run again as a whole and both transactions commit', async (t) => {
  const { pool } = await createTestDatabase(t, await folder(t, FIRST))
  await pool.query(`INSERT INTO note VALUES (1, ''), (2, '')`)
  let met: () => void = () => undefined
  const bothStarted = new Promise<void>((resolve) => (met = resolve))
  let started = 0
  const crossing = (first: number, second: number) =>
    withTransaction(pool, async (client) => {
      await client.query(`UPDATE note SET body = body || 'x' WHERE id = $1`, [first])
      started += 1
      if (started === 2) met()
      await bothStarted
      await client.query(`UPDATE note SET body = body || 'x' WHERE id = $1`, [second])
    })
  await Promise.all([crossing(1, 2), crossing(2, 1)])
  const { rows } = await pool.query('SELECT body FROM note ORDER BY id')
  t.deepEqual(rows, [{ body: 'xx' }, { body: 'xx' }])
  t.true(started > 2)
})

test('an error of the work rolls back and reaches the caller', async (t) => {
  const { pool } = await createTestDatabase(t, await folder(t, FIRST))
  const failing = withTransaction(pool, async (client) => {
    await client.query(`INSERT INTO note VALUES (1, 'lost')`)
    throw new RangeError('no')
  })
  await t.throwsAsync(failing, { instanceOf: RangeError })
  t.is((await pool.query('SELECT 1 FROM note')).rowCount, 0)
})

test('a server that is not there is told apart from a mistake', async (t) => {
  const away = createPool({ url: 'postgres://nobody@127.0.0.1:1/none', max: 1, name: 'test' })
  t.true(isUnavailable(await t.throwsAsync(away.query('SELECT 1'))))
  await away.end()
  const { pool } = await createTestDatabase(t, await folder(t, FIRST))
  const mistake = await t.throwsAsync(pool.query('SELECT nonsense'))
  t.is(errorCode(mistake), '42703')
  t.false(isUnavailable(mistake))
})

test('the app role reads and writes rows and can do nothing else', async (t) => {
  const { pool } = await createTestDatabase(t, await folder(t, FIRST))
  await pool.query(`INSERT INTO note VALUES (1, 'fine')`)
  for (const sql of [
    'DROP TABLE note',
    'CREATE TABLE mine (id int)',
    'ALTER TABLE note ADD x int',
    'TRUNCATE note',
  ]) {
    t.is(errorCode(await t.throwsAsync(pool.query(sql))), '42501', sql)
  }
})

test('no service can connect to the database of another', async (t) => {
  const { postgresUrl } = testServers()
  const make = (database: string) =>
    provisionDatabase({ adminUrl: postgresUrl, database, ownerPassword: 'o', appPassword: 'a' })
  const suffix = Math.random().toString(36).slice(2, 8)
  const mine = await make(`wall_a_${suffix}`)
  await make(`wall_b_${suffix}`)
  const foreign = createPool({
    url: mine.appUrl.replace(`/wall_a_${suffix}`, `/wall_b_${suffix}`),
    max: 1,
    name: 'test',
  })
  t.is(errorCode(await t.throwsAsync(foreign.query('SELECT 1'))), '42501')
  await foreign.end()
  const admin = new pg.Client({ connectionString: postgresUrl })
  await admin.connect()
  for (const name of [`wall_a_${suffix}`, `wall_b_${suffix}`]) {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await admin.query(`DROP ROLE ${name}_owner, ${name}_app`)
  }
  await admin.end()
})
