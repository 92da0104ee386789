import { randomBytes } from 'node:crypto'

import { waitFor } from '@medqueue/cluster'
import pg from 'pg'

import { INSTALLATION, type World } from '../world.ts'

const { namespace, release } = INSTALLATION
const SECRET = `secret/${release}-booking-database`
const KEY = 'DATABASE_URL'

/** A second role of booking's database beside the first, as docs/secrets.md has it. */
export interface SecondRole {
  first: string
  second: string
  /** Writes the second role into the Secret, or the first back. */
  putIntoSecret: (which: 'first' | 'second') => Promise<void>
  /** No longer lets the first role in, or does so again. */
  allowFirst: (allowed: boolean) => Promise<void>
  /** Waits until a role has a session from each of so many pods; idle ones of the other are ended meanwhile. */
  usedBy: (role: string, pods: number, timeoutMs: number) => Promise<void>
  /** Waits until a role has no session; its idle ones are ended. */
  left: (role: string, timeoutMs: number) => Promise<void>
  /** Takes the second role away. */
  remove: () => Promise<void>
}

/** Makes the role in the bundled PostgreSQL. Closes all ways to the platform in the end. */
export async function withSecondRole<T>(world: World, work: (role: SecondRole) => Promise<T>): Promise<T> {
  const { POSTGRES_PASSWORD: password = '' } = await readSecret(world, `secret/${release}-postgresql`)
  const server = `${release}-postgresql:5432`
  const adminUrl = await world.platform.reach(`postgres://postgres:${password}@${server}/postgres`)
  const admin = new pg.Pool({ connectionString: adminUrl, max: 1, application_name: 'e2e' })
  admin.on('error', () => undefined)
  try {
    const firstUrl = (await readSecret(world, SECRET))[KEY] ?? ''
    return await work(await createRole(world, admin, firstUrl))
  } finally {
    await admin.end()
    await world.platform.close()
  }
}

async function createRole(world: World, admin: pg.Pool, firstUrl: string): Promise<SecondRole> {
  const secondUrl = new URL(firstUrl)
  const { username: first, password } = new URL(firstUrl)
  const second = `${first}_e2e`
  secondUrl.username = second
  secondUrl.password = randomBytes(16).toString('hex')
  await admin.query(`DROP ROLE IF EXISTS ${second}`)
  await admin.query(`CREATE ROLE ${second} LOGIN PASSWORD '${secondUrl.password}' IN ROLE ${first}`)
  const urls = { first: firstUrl, second: secondUrl.href }
  return {
    first,
    second,
    putIntoSecret: async (which) => writeSecret(world, urls[which]),
    allowFirst: async (allowed) => {
      await admin.query(
        `ALTER ROLE ${first} PASSWORD ${allowed ? `'${decodeURIComponent(password)}'` : 'NULL'}`,
      )
    },
    usedBy: async (role, pods, timeoutMs) => {
      await waitFor(
        async () => {
          const from = await podsOf(admin, role)
          if (from >= pods) return
          await endIdle(admin, role === first ? second : first)
          throw new Error(`${from} of ${pods} pods`)
        },
        { what: `sessions of ${role}`, timeoutMs, everyMs: 1_000 },
      )
    },
    left: async (role, timeoutMs) => {
      await waitFor(
        async () => {
          const left = await endIdle(admin, role)
          if (left > 0) throw new Error(`${left} sessions`)
        },
        { what: `the end of the sessions of ${role}`, timeoutMs, everyMs: 250 },
      )
    },
    remove: async () => {
      await admin.query(`DROP ROLE ${second}`)
    },
  }
}

/** Addresses from which a role has sessions: one for each pod. */
async function podsOf(admin: pg.Pool, role: string): Promise<number> {
  const { rows } = await admin.query<{ pods: number }>(
    'SELECT count(DISTINCT client_addr)::int AS pods FROM pg_stat_activity WHERE usename = $1',
    [role],
  )
  return rows[0]?.pods ?? 0
}

/** Ends the idle sessions of a role; how many it had. */
async function endIdle(admin: pg.Pool, role: string): Promise<number> {
  const { rowCount } = await admin.query(
    "SELECT CASE WHEN state = 'idle' THEN pg_terminate_backend(pid) END FROM pg_stat_activity WHERE usename = $1",
    [role],
  )
  return rowCount ?? 0
}

async function readSecret({ kubectl }: World, name: string): Promise<Record<string, string>> {
  const { data } = JSON.parse(await kubectl(['get', name, '--namespace', namespace, '-o', 'json'])) as {
    data: Record<string, string>
  }
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  )
}

async function writeSecret({ kubectl }: World, url: string): Promise<void> {
  const patch = JSON.stringify({ stringData: { [KEY]: url } })
  await kubectl(['patch', SECRET, '--namespace', namespace, '--patch', patch])
}
