import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'

import { createPool, migrate, provisionDatabase, urlOf } from '@medqueue/database'
import pg from 'pg'

import { populate } from '../store/populate.ts'
import type { Town } from '../driver/town.ts'

/** Databases of the booking service: migrated, with the town in its projection tables, and nobody booked yet. */
export interface Databases {
  fresh: () => Promise<FreshDatabase>
}

export interface FreshDatabase {
  /** The service's role: rows only. */
  appUrl: string
  /** May change the schema. */
  ownerUrl: string
  /** A superuser's connection, for looking on. */
  adminUrl: string
  drop: () => Promise<void>
}

const MIGRATIONS = join(import.meta.dirname, '../../../../services/booking/migrations')
const TEMPLATE = 'faults_template'

export async function createDatabases(adminUrl: string, town: Town): Promise<Databases> {
  const password = randomBytes(16).toString('hex')
  const template = await provisionDatabase({
    adminUrl,
    database: TEMPLATE,
    ownerPassword: password,
    appPassword: password,
  })
  await migrate({ url: template.ownerUrl, directory: MIGRATIONS })
  const pool = createPool({ url: template.ownerUrl, max: 1, name: 'faults' })
  await populate(pool, town)
  await pool.end()
  return {
    fresh: async () => {
      const database = `faults_${randomUUID().slice(0, 8)}`
      await administer(adminUrl, `CREATE DATABASE ${database} TEMPLATE ${TEMPLATE} OWNER ${TEMPLATE}_owner`)
      const named = (url: string) => urlOf(url, { database })
      return {
        appUrl: named(template.appUrl),
        ownerUrl: named(template.ownerUrl),
        adminUrl: named(adminUrl),
        drop: () => administer(adminUrl, `DROP DATABASE ${database} WITH (FORCE)`),
      }
    },
  }
}

async function administer(url: string, sql: string): Promise<void> {
  await withClient(url, (client) => client.query(sql))
}

/** Runs the work on a connection of its own: pooled ones do not outlive a killed server. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'faults',
    statement_timeout: 20_000,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
