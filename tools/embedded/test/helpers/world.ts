import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { ExecutionContext } from 'ava'

import { freePortsOffset, type PlatformOptions, startPlatform } from '../../src/index.ts'

export async function scratchFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'medqueue-'))
  await chmod(folder, 0o755)
  t.teardown(async () => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A platform of servers only, unless services are named; stopped with the test. */
export async function platform(t: ExecutionContext, options: Partial<PlatformOptions> = {}) {
  const started = await startPlatform({
    dataDir: options.dataDir ?? (await scratchFolder(t)),
    portsOffset: options.portsOffset ?? (await freePortsOffset()),
    services: [],
    quiet: true,
    ...options,
  })
  t.teardown(async () => started.stop())
  return started
}
