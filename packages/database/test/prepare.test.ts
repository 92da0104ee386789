import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createTestDatabase, type Scope, testServers } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'
import pg from 'pg'

import { DatabaseError, urlOf } from '../src/index.ts'
import { insist, missingMigrations, prepareDatabase } from '../src/prepare.ts'

async function folder(scope: Scope, files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'medqueue-migrations-'))
  scope.teardown(() => rm(directory, { recursive: true }))
  await Promise.all(Object.entries(files).map(([name, sql]) => writeFile(join(directory, name), sql)))
  return directory
}

const NOTES = { '0001_notes.sql': 'CREATE TABLE note (id int PRIMARY KEY)' }

/** URLs of a database that is not there yet; it goes with the test. */
function newDatabase(scope: Scope) {
  const { postgresUrl: adminUrl } = testServers()
  const database = `prepare_${process.pid}_${Math.trunc(performance.now() * 1000)}`
  const url = (role: string) =>
    urlOf(adminUrl, { database, user: `${database}_${role}`, password: `${role} word/@` })
  scope.teardown(async () => {
    const admin = new pg.Client({ connectionString: adminUrl })
    await admin.connect()
    await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
    await admin.query(`DROP ROLE IF EXISTS ${database}_owner, ${database}_app`)
    await admin.end()
  })
  return { adminUrl, ownerUrl: url('owner'), appUrl: url('app') }
}

/** The service's role writes rows of `note`, and can do nothing to the table. */
async function writesRowsOnly(t: ExecutionContext, appUrl: string): Promise<void> {
  const app = new pg.Client({ connectionString: appUrl })
  await app.connect()
  t.teardown(async () => app.end())
  await app.query('INSERT INTO note VALUES (1)')
  await t.throwsAsync(app.query('DROP TABLE note'), { message: /must be owner/ })
}

test('makes database, roles and tables, and does nothing the second time', async (t) => {
  const options = { ...newDatabase(t), directory: await folder(t, NOTES) }
  t.deepEqual(await prepareDatabase(options), ['0001_notes.sql'])
  t.deepEqual(await prepareDatabase(options), [])

  await writesRowsOnly(t, options.appUrl)
})

test('an administrator without all rights, as managed servers give one, makes database and roles too', async (t) => {
  const superuser = new pg.Client({ connectionString: testServers().postgresUrl })
  await superuser.connect()
  const name = `managed_${process.pid}_${Math.trunc(performance.now() * 1000)}`
  await superuser.query(`CREATE ROLE ${name} LOGIN CREATEDB CREATEROLE PASSWORD 'word'`)
  t.teardown(async () => {
    await superuser.query(`DROP ROLE ${name}`)
    await superuser.end()
  })
  const { adminUrl, ...urls } = newDatabase(t)
  const options = {
    ...urls,
    adminUrl: urlOf(adminUrl, { user: name, password: 'word' }),
    directory: await folder(t, NOTES),
  }

  t.deepEqual(await prepareDatabase(options), ['0001_notes.sql'])
  t.deepEqual(await prepareDatabase(options), [])

  await writesRowsOnly(t, options.appUrl)
})

test('migrates while a service has another role that belongs to the first, and no other', async (t) => {
  const options = { ...newDatabase(t), directory: await folder(t, {}) }
  await prepareDatabase(options)
  const { username } = new URL(options.appUrl)
  const second = `${username}_b`
  const admin = new pg.Client({ connectionString: options.adminUrl })
  await admin.connect()
  t.teardown(async () => {
    await admin.query(`DROP ROLE ${second}`)
    await admin.end()
  })
  await admin.query(`CREATE ROLE ${second} LOGIN PASSWORD 'word'`)
  const rotated = {
    ...options,
    appUrl: urlOf(options.appUrl, { user: second, password: 'word' }),
    directory: await folder(t, NOTES),
  }
  await t.throwsAsync(prepareDatabase(rotated), { code: 'DATABASE_NAME' })

  await admin.query(`GRANT ${username} TO ${second}`)
  t.deepEqual(await prepareDatabase(rotated), ['0001_notes.sql'])
  await writesRowsOnly(t, rotated.appUrl)
})

test('migrates alone where there is no admin', async (t) => {
  const directory = await folder(t, NOTES)
  const { ownerUrl, appUrl } = await createTestDatabase(t, await folder(t, {}))
  t.deepEqual(await prepareDatabase({ directory, ownerUrl, appUrl }), ['0001_notes.sql'])
})

test('refuses URLs of two databases or of other roles', async (t) => {
  const one = newDatabase(t)
  const directory = await folder(t, NOTES)
  const other = { ...one, directory, appUrl: newDatabase(t).appUrl }
  await t.throwsAsync(prepareDatabase(other), { code: 'DATABASE_NAME' })
  await t.throwsAsync(prepareDatabase({ ...one, directory, appUrl: one.ownerUrl }), { code: 'DATABASE_NAME' })
})

test('counts what is missing as the service sees it', async (t) => {
  const directory = await folder(t, NOTES)
  const { ownerUrl, appUrl } = await createTestDatabase(t, await folder(t, {}))
  t.is(await missingMigrations({ url: appUrl, directory }), 1)
  await prepareDatabase({ directory, ownerUrl, appUrl })
  t.is(await missingMigrations({ url: appUrl, directory }), 0)
})

test('insists until the work is done', async (t) => {
  const answers = [undefined, undefined, 'done']
  t.is(await insist(async () => answers.shift(), { waitMs: 10_000, pauseMs: 1 }), 'done')
})

test('insists while the server is away or the role is still to be made', async (t) => {
  const refusals = ['ECONNREFUSED', '28P01', '3D000', 'ENOTFOUND'].map((code) =>
    Object.assign(new Error(code), { code }),
  )
  const work = async () => {
    const refusal = refusals.shift()
    if (refusal !== undefined) throw refusal
    return true
  }
  t.true(await insist(work, { waitMs: 10_000, pauseMs: 1 }))
})

test('gives up at once on a mistake, and in the end on a server that stays away', async (t) => {
  const mistake = async () => {
    throw new DatabaseError('MIGRATION_TWICE', 'a number is there twice')
  }
  await t.throwsAsync(insist(mistake, { waitMs: 10_000, pauseMs: 1 }), { code: 'MIGRATION_TWICE' })
  const away = async () => {
    throw Object.assign(new Error('nobody there'), { code: 'ECONNREFUSED' })
  }
  await t.throwsAsync(insist(away, { waitMs: 20, pauseMs: 1 }), { message: 'nobody there' })
  await t.throwsAsync(
    insist(async () => undefined, { waitMs: 20, pauseMs: 1 }),
    { code: 'DATABASE_NOT_READY' },
  )
})
