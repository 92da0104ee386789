import { randomBytes } from 'node:crypto'

import { testServers } from '@medqueue/testing'
import test, { type ExecutionContext } from 'ava'
import pg from 'pg'

import { createPool, urlOf } from '../src/index.ts'

/** A superuser, and roles of the test's own. */
async function createWorld(t: ExecutionContext) {
  const admin = new pg.Client({ connectionString: testServers().postgresUrl })
  await admin.connect()
  t.teardown(async () => admin.end())
  const makeRole = async (password: string) => {
    const role = `rotation_${randomBytes(6).toString('hex')}`
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`)
    t.teardown(async () => admin.query(`DROP ROLE ${role}`))
    return { role, url: urlOf(testServers().postgresUrl, { user: role, password }) }
  }
  return { admin, makeRole }
}

async function poolOf(t: ExecutionContext, url: () => string): Promise<pg.Pool> {
  const pool = createPool({ url, max: 1, name: 'rotation' })
  t.teardown(async () => pool.end())
  await pool.query('SELECT 1')
  return pool
}

/** Ends the only connection, and waits until the pool knows. */
async function cut(admin: pg.Client, pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const removed = new Promise((resolve) => pool.once('remove', resolve))
  await admin.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
  await removed
}

test('a password that is changed is used by the next connection, and the one before goes on', async (t) => {
  const { admin, makeRole } = await createWorld(t)
  const { role, url } = await makeRole('first')
  let current = url
  const pool = await poolOf(t, () => current)

  await admin.query(`ALTER ROLE ${role} PASSWORD 'sec%ond'`)
  t.is((await pool.query('SELECT 1')).rowCount, 1)
  await cut(admin, pool)
  await t.throwsAsync(pool.query('SELECT 1'), { code: '28P01' })
  current = urlOf(url, { password: 'sec%ond' })

  t.is((await pool.query('SELECT 1')).rowCount, 1)
})

test('one role may follow another, so that both work meanwhile', async (t) => {
  const { admin, makeRole } = await createWorld(t)
  const [first, second] = [await makeRole('a'), await makeRole('b')]
  let current = first.url
  const pool = await poolOf(t, () => current)

  current = second.url
  await cut(admin, pool)

  const { rows } = await pool.query<{ user: string }>('SELECT current_user AS user')
  t.is(rows[0]?.user, second.role)
})
