/**
 * Starts PostgreSQL in a container: makes its data folder the first time, then becomes the server. Knows
 * POSTGRES_PASSWORD, POSTGRES_INITDB_ARGS and PGDATA; arguments go to the server.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'

const home = process.env.PG_HOME ?? '/usr/local/pgsql'
const data = process.env.PGDATA ?? '/var/lib/postgresql/data'
const bin = (name: string) => join(home, 'bin', name)

function initialise(): void {
  const password = process.env.POSTGRES_PASSWORD ?? ''
  if (password === '') throw new Error('POSTGRES_PASSWORD is not set')
  const file = '/tmp/password'
  writeFileSync(file, `${password}\n`, { mode: 0o600 })
  const wanted = (process.env.POSTGRES_INITDB_ARGS ?? '').split(/\s+/).filter((word) => word !== '')
  // Beside the final place, so that a start that was cut short leaves nothing that looks finished.
  mkdirSync(dirname(data), { recursive: true })
  const fresh = `${data}.new`
  rmSync(fresh, { recursive: true, force: true })
  const args = [
    '--username=postgres',
    `--pwfile=${file}`,
    '--auth-local=scram-sha-256',
    ...wanted,
    '-D',
    fresh,
  ]
  const { status } = spawnSync(bin('initdb'), args, { stdio: 'inherit' })
  rmSync(file, { force: true })
  if (status !== 0) throw new Error(`initdb ended with ${status ?? 'a signal'}`)
  appendFileSync(join(fresh, 'pg_hba.conf'), 'host all all all scram-sha-256\n')
  if (existsSync(data)) rmdirSync(data) // Refuses when anything is in it.
  renameSync(fresh, data)
}

if (!existsSync(join(data, 'PG_VERSION'))) initialise()
const args = [bin('postgres'), '-D', data, '-c', 'listen_addresses=*', ...process.argv.slice(2)]
process.execve?.(bin('postgres'), args, process.env)
