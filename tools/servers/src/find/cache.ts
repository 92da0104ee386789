import { copyFile, chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { withDiskErrors } from '../disk.ts'
import { isExecutable } from './run.ts'

/** Where fetched programs are kept between runs: `MEDQUEUE_CACHE`, else `~/.cache/medqueue`. */
export function cacheFolder(): string {
  const chosen = process.env.MEDQUEUE_CACHE
  return chosen === undefined || chosen === '' ? join(homedir(), '.cache', 'medqueue') : chosen
}

/** The cached program under this name, if it is there. */
export async function cached(name: string): Promise<string | undefined> {
  const path = join(cacheFolder(), 'bin', name)
  return (await isExecutable(path)) ? path : undefined
}

/**
 * Lets `fetch` make the program in a scratch folder and moves it into the cache in one step, so that two
 * installers at once, or one that is killed, never leave half a file.
 */
export async function install(name: string, fetch: (scratch: string) => Promise<string>): Promise<string> {
  const bin = join(cacheFolder(), 'bin')
  return withDiskErrors(bin, async () => {
    await mkdir(bin, { recursive: true })
    const scratch = await mkdtemp(join(cacheFolder(), 'fetch-'))
    try {
      const made = await fetch(scratch)
      const staged = join(scratch, `staged-${name}`)
      await copyFile(made, staged)
      await chmod(staged, 0o755)
      await rename(staged, join(bin, name))
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
    return join(bin, name)
  })
}
