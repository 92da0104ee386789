import pg from 'pg'

import { DatabaseError } from './errors.ts'
import { outliveErrors } from './pool.ts'

export interface ProvisionOptions {
  /**
   * A connection to any database of the server for a superuser or, as managed servers give one, for a role that may make
   * databases and roles.
   */
  adminUrl: string
  /** Name of the database; letters, digits and `_`. */
  database: string
  ownerPassword: string
  appPassword: string
}

export interface Provisioned {
  /** May change the schema: for migrations only. */
  ownerUrl: string
  /** May read and write rows, nothing else: for the service. */
  appUrl: string
}

/**
 * Makes a database with two roles of its own, so that no service can read another's tables, nor change its own
 * schema. May be run again: it sets the passwords anew.
 */
export async function provisionDatabase(options: ProvisionOptions): Promise<Provisioned> {
  const { adminUrl, database, ownerPassword, appPassword } = options
  if (!/^[a-z][a-z0-9_]{0,50}$/.test(database)) {
    throw new DatabaseError('DATABASE_NAME', `${database} is no valid database name`)
  }
  const [owner, app] = [`${database}_owner`, `${database}_app`]
  await withAdmin(adminUrl, async (admin) => {
    await ensureRole(admin, owner, ownerPassword)
    await ensureRole(admin, app, appPassword)
    await joinOwner(admin, owner)
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
    if (rowCount === 0) await admin.query(`CREATE DATABASE ${database} OWNER ${owner}`)
    await admin.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`)
    await admin.query(`GRANT CONNECT ON DATABASE ${database} TO ${app}`)
  })
  await withAdmin(urlOf(adminUrl, { database }), (admin) => grantSchema(admin, owner, app))
  return {
    ownerUrl: urlOf(adminUrl, { database, user: owner, password: ownerPassword }),
    appUrl: urlOf(adminUrl, { database, user: app, password: appPassword }),
  }
}

/** True when a role of that name is there and is a member of the other one, and so has its rights. */
export async function belongsTo(adminUrl: string, role: string, other: string): Promise<boolean> {
  let belongs = false
  await withAdmin(adminUrl, async (admin) => {
    const { rowCount } = await admin.query(
      `SELECT 1 FROM pg_auth_members JOIN pg_roles member ON member.oid = pg_auth_members.member
       JOIN pg_roles other ON other.oid = roleid WHERE member.rolname = $1 AND other.rolname = $2`,
      [role, other],
    )
    belongs = rowCount !== 0
  })
  return belongs
}

/** The same server with another database, user or password. */
export function urlOf(base: string, parts: { database?: string; user?: string; password?: string }): string {
  const url = new URL(base)
  if (parts.database !== undefined) url.pathname = `/${parts.database}`
  if (parts.user !== undefined) url.username = parts.user
  if (parts.password !== undefined) url.password = encodeURIComponent(parts.password)
  return url.toString()
}

async function grantSchema(admin: pg.Client, owner: string, app: string): Promise<void> {
  await admin.query(`ALTER SCHEMA public OWNER TO ${owner}`)
  await admin.query('REVOKE ALL ON SCHEMA public FROM PUBLIC')
  await admin.query(`GRANT USAGE ON SCHEMA public TO ${app}`)
  const rights: [string, string][] = [
    ['TABLES', 'SELECT, INSERT, UPDATE, DELETE'],
    ['SEQUENCES', 'USAGE, SELECT'],
    ['FUNCTIONS', 'EXECUTE'],
  ]
  for (const [kind, right] of rights) {
    await admin.query(
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT ${right} ON ${kind} TO ${app}`,
    )
  }
}

async function ensureRole(admin: pg.Client, role: string, password: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])
  const word = admin.escapeLiteral(password)
  // Only a superuser may say anything of these attributes when the role is there, even that it has none of them.
  const sql =
    rowCount === 0
      ? `CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD ${word}`
      : `ALTER ROLE ${role} LOGIN PASSWORD ${word}`
  await admin.query(sql)
}

/** Whoever is no superuser must belong to a role to make it the owner of something. */
async function joinOwner(admin: pg.Client, owner: string): Promise<void> {
  const { rows } = await admin.query<{ rolsuper: boolean }>(
    'SELECT rolsuper FROM pg_roles WHERE rolname = current_user',
  )
  if (rows[0]?.rolsuper !== true) await admin.query(`GRANT ${owner} TO CURRENT_USER`)
}

async function withAdmin(url: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = outliveErrors(new pg.Client({ connectionString: url, application_name: 'provision' }))
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.end()
  }
}
