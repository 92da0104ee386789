import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { onPath, run } from './run.ts'

const ENV = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }

/** True when this is a Debian or a relative of it. */
export async function hasApt(): Promise<boolean> {
  return (await onPath('apt-get')) !== undefined
}

/** One apt at a time: a second one does not wait for the first one's locks. */
let last: Promise<void> = Promise.resolve()

/** Installs Debian packages; only root may. Reads the package lists anew when they are missing or stale. */
export async function aptInstall(packages: readonly string[]): Promise<void> {
  const mine = last.then(async () => installNow(packages))
  last = mine.catch(() => undefined)
  return mine
}

async function installNow(packages: readonly string[]): Promise<void> {
  const wait = ['-o', 'DPkg::Lock::Timeout=180'] // Another program may be installing something.
  const args = [...wait, 'install', '-y', '-q', '--no-install-recommends', ...packages]
  try {
    await run('apt-get', args, { env: ENV })
  } catch {
    await run('apt-get', ['update', '-q'], { env: ENV })
    await run('apt-get', args, { env: ENV })
  }
}

/** Unpacks Debian packages below the folder without installing them; needs no rights. */
export async function aptUnpack(packages: readonly string[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await run('apt-get', ['download', ...packages], { cwd: folder, env: ENV })
  for (const file of await readdir(folder)) {
    if (file.endsWith('.deb')) await run('dpkg', ['-x', join(folder, file), join(folder, 'root')])
  }
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}
