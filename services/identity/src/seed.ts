/**
 * Makes the demonstration's log-ins; what exists stays as it is. Run as a program it needs DATABASE_URL, and
 * MIGRATION_DATABASE_URL when the tables are still to be made.
 */
import { join } from 'node:path'

import { createPool, migrate } from '@medqueue/database'
import type pg from 'pg'

import { createPasswords } from './crypto/passwords.ts'
import { DEMO_PASSWORD, demoUsers } from './demo-users.ts'
import { insertUser } from './store/insert-user.ts'

export { DEMO_PASSWORD, demoUsers } from './demo-users.ts'

/** Adds the demonstration's log-ins that are missing. Returns how many were. The directory seeds its own rows. */
export async function seed(pool: pg.Pool): Promise<number> {
  const passwords = createPasswords({ concurrency: 2, queue: 8 })
  const passwordHash = await passwords.hash(DEMO_PASSWORD)
  const added = await Promise.all(demoUsers().map((user) => insertUser(pool, { ...user, passwordHash })))
  return added.filter(Boolean).length
}

if (import.meta.main) {
  const { DATABASE_URL, MIGRATION_DATABASE_URL } = process.env
  if (DATABASE_URL === undefined) throw new Error('DATABASE_URL is not set')
  if (MIGRATION_DATABASE_URL !== undefined) {
    await migrate({ url: MIGRATION_DATABASE_URL, directory: join(import.meta.dirname, '../migrations') })
  }
  const pool = createPool({ url: DATABASE_URL, max: 2, name: 'identity-seed' })
  const count = await seed(pool)
  await pool.end()
  console.log(`identity: ${count} log-ins added`)
}
