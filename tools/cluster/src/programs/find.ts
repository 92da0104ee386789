import { join } from 'node:path'

import { cached, cacheFolder, installInCache, messageOf, onPath } from '@medqueue/servers'

import { ClusterError } from '../errors.ts'
import { buildProgram } from './build.ts'
import { cacheName, type GoProgram, programNamed } from './catalog.ts'
import { withLock } from './lock.ts'

export type Say = (line: string) => void

/** Tells that a long build goes on, this often. */
const STILL_BUILDING_MS = 60_000

/**
 * Path of the program at exactly the version of the catalogue: from the cache, or built with Go into it. Throws
 * CLUSTER_PROGRAM_MISSING with what to do.
 */
export async function findProgram(name: string, say: Say = () => undefined): Promise<string> {
  const program = programNamed(name)
  const inCache = cacheName(program)
  const found = await cached(inCache)
  if (found !== undefined) return found
  // Every build uses all cores, so a second one at a time gains nothing, and may be of the same program.
  return withLock(
    join(cacheFolder(), 'build.lock'),
    async () => (await cached(inCache)) ?? (await build(program, say)),
  )
}

async function build(program: GoProgram, say: Say): Promise<string> {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  say(`building ${program.name} ${program.version} with Go (about ${program.usualSeconds} s on two cores)`)
  const ticker = setInterval(() => say(`still building ${program.name}: ${seconds()} s`), STILL_BUILDING_MS)
  try {
    const path = await installInCache(cacheName(program), async (scratch) => buildProgram(program, scratch))
    say(`built ${program.name} in ${seconds()} s`)
    return path
  } catch (error) {
    throw new ClusterError(
      'CLUSTER_PROGRAM_MISSING',
      `${program.name} ${program.version} could not be built: see that Go 1.25 or newer and its module proxy can be reached, then try again (${messageOf(error)}).`,
      { cause: error },
    )
  } finally {
    clearInterval(ticker)
  }
}

/** Paths of several programs, built one after the other: each build uses every core. */
export async function findPrograms(
  names: readonly string[],
  say: Say = () => undefined,
): Promise<Map<string, string>> {
  const paths = new Map<string, string>()
  for (const name of names) paths.set(name, await findProgram(name, say))
  return paths
}

/** A program of this version in the cache, else one of any version on the PATH; builds nothing. */
export async function lookForProgram(name: string): Promise<string | undefined> {
  return (await cached(cacheName(programNamed(name)))) ?? (await onPath(name))
}
