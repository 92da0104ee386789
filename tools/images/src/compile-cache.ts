import { spawn } from 'node:child_process'
import { chmod, chown, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { isRoot, onPath } from '@medqueue/servers'
import { RUNTIME_ENVIRONMENT } from '@medqueue/service-kit/runtime'

/** Who runs in the image: Node keeps a cache of its own for each user. */
const USER = 65532
const LIMIT_MS = 20_000

export const CACHE_FOLDER = '.compile-cache'

/**
 * Compiles every program of the context ahead, so that a pod starts with half the processor time: each is run without
 * any setting, loads all its modules, and ends because it lacks its configuration. Only root can become the user of the
 * image; for anybody else the folder stays empty, and pods start as slowly as without it.
 */
export async function fillCompileCache(context: string, entries: readonly string[]): Promise<void> {
  const folder = join(context, CACHE_FOLDER)
  await mkdir(folder, { recursive: true })
  const setpriv = await onPath('setpriv')
  if (!isRoot() || setpriv === undefined) return
  await chown(folder, USER, USER)
  for (const entry of entries) await loadOnce(setpriv, context, entry)
  await makeReadable(folder)
}

async function loadOnce(setpriv: string, context: string, entry: string): Promise<void> {
  const user = [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', '--']
  await new Promise<void>((resolve) => {
    const child = spawn(setpriv, [...user, process.execPath, entry], {
      cwd: context,
      stdio: 'ignore',
      timeout: LIMIT_MS,
      // With the pods' own options: what was compiled under others is not taken.
      env: { ...RUNTIME_ENVIRONMENT, NODE_COMPILE_CACHE: CACHE_FOLDER, NODE_COMPILE_CACHE_PORTABLE: '1' },
    })
    // How it ends says nothing: it must end badly, and what was loaded until then is in the cache.
    child.on('error', () => resolve())
    child.on('close', () => resolve())
  })
}

/** Node writes its files for their owner alone; in an image they belong to root. */
async function makeReadable(folder: string): Promise<void> {
  await chown(folder, 0, 0)
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644)
  }
}
