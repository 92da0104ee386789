import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'

import { migrate, provisionDatabase, readMigrations } from '@medqueue/database'
import type pg from 'pg'

import { withAdmin } from './with-admin.ts'

export interface Template {
  /** Name of the migrated database, made of its migrations' content. */
  name: string
  owner: string
  app: string
  /** Password of both roles on the test server. */
  password: string
}

/** One builder at a time on one server; the others wait and find it done. */
const TEMPLATE_LOCK = 7_250_417_302

/** The template of these migrations, built the first time somebody asks for it. */
export async function ensureTemplate(adminUrl: string, migrationsDirectory: string): Promise<Template> {
  const template = await nameTemplate(adminUrl, migrationsDirectory)
  await withAdmin(adminUrl, async (admin) => {
    if (await isBuilt(admin, template)) return
    await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK])
    if (!(await isBuilt(admin, template))) await build(admin, adminUrl, template, migrationsDirectory)
  })
  return template
}

async function nameTemplate(adminUrl: string, directory: string): Promise<Template> {
  const migrations = await readMigrations(directory)
  const hash = createHash('sha256')
  for (const { file, checksum } of migrations) hash.update(`${file} ${checksum}\n`)
  const service = basename(dirname(directory)).replace(/[^a-z0-9]/g, '_')
  const name = `template_${service}_${hash.digest('hex').slice(0, 12)}`
  const password = createHash('sha256').update(`${adminUrl} ${name}`).digest('hex')
  return { name, owner: `${name}_owner`, app: `${name}_app`, password }
}

/** Marked as a template only when all migrations have run, so half a one is never cloned. */
async function isBuilt(admin: pg.Client, { name }: Template): Promise<boolean> {
  const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [
    name,
  ])
  return rowCount === 1
}

async function build(
  admin: pg.Client,
  adminUrl: string,
  template: Template,
  directory: string,
): Promise<void> {
  const { name, password } = template
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  const { ownerUrl } = await provisionDatabase({
    adminUrl,
    database: name,
    ownerPassword: password,
    appPassword: password,
  })
  await migrate({ url: ownerUrl, directory })
  await admin.query(`ALTER DATABASE ${name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`)
}
