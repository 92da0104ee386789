import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'

import { messageOf, ServerError } from '../errors.ts'
import { aptInstall, aptUnpack, hasApt, isRoot } from './apt.ts'
import { cacheFolder } from './cache.ts'
import { onPath } from './run.ts'

/** A redis-server and what it needs in its environment. */
export interface RedisProgram {
  file: string
  env: NodeJS.ProcessEnv
}

/**
 * Debian's `redis-tools` holds the server too, under the name `redis-check-rdb`: it acts as what it is called.
 * So no package is installed that would start a service of its own on the machine.
 */
const PROGRAM_IN_TOOLS = 'redis-check-rdb'
const LIBRARIES = ['libatomic1', 'libjemalloc2', 'liblzf1', 'libssl3', 'libsystemd0']

/** A redis-server from the PATH, from the cache, or fetched from Debian. */
export async function findRedis(say: (line: string) => void): Promise<RedisProgram> {
  const installed = await onPath('redis-server', ['/usr/local/bin', '/usr/bin'])
  if (installed !== undefined) return { file: installed, env: {} }
  const linked = join(cacheFolder(), 'bin', 'redis-server')
  if (existsSync(linked)) return { file: linked, env: {} }
  const unpacked = join(cacheFolder(), 'redis')
  if (existsSync(unpacked)) return fromUnpacked(unpacked)
  return fetchRedis(say, linked, unpacked)
}

async function fetchRedis(
  say: (line: string) => void,
  linked: string,
  unpacked: string,
): Promise<RedisProgram> {
  try {
    if (!(await hasApt())) throw new Error('this is no Debian')
    say('fetching redis-server')
    if (!isRoot()) return await unpackRedis(unpacked)
    await aptInstall(['redis-tools'])
    const tool = await onPath(PROGRAM_IN_TOOLS, ['/usr/bin'])
    if (tool === undefined) throw new Error('redis-tools was installed and holds no server')
    await mkdir(join(cacheFolder(), 'bin'), { recursive: true })
    await rm(linked, { force: true })
    await symlink(tool, linked)
    return { file: linked, env: {} }
  } catch (error) {
    throw new ServerError(
      'SERVERS_TOOL_MISSING',
      `redis-server is missing and could not be fetched: install it (Debian: \`apt-get install redis-server\`) and try again (${messageOf(error)}).`,
      { cause: error },
    )
  }
}

async function unpackRedis(folder: string): Promise<RedisProgram> {
  const scratch = `${folder}-${process.pid}`
  await rm(scratch, { recursive: true, force: true })
  await aptUnpack(['redis-tools', ...LIBRARIES], scratch)
  await symlink(PROGRAM_IN_TOOLS, join(scratch, 'root/usr/bin/redis-server'))
  await rename(scratch, folder)
  return fromUnpacked(folder)
}

/** Libraries lie in a folder named after the processor, such as `x86_64-linux-gnu`. */
async function fromUnpacked(folder: string): Promise<RedisProgram> {
  const folders: string[] = []
  for (const lib of [join(folder, 'root/usr/lib'), join(folder, 'root/lib')]) {
    if (!existsSync(lib)) continue
    const names = await readdir(lib)
    folders.push(...names.filter((name) => name.endsWith('-linux-gnu')).map((name) => join(lib, name)))
  }
  return { file: join(folder, 'root/usr/bin/redis-server'), env: { LD_LIBRARY_PATH: folders.join(':') } }
}
